/** AG Grid Community on the stream: rows allocated once and changed in place, asynchronous transactions, sorted by buffer. */
import { AllCommunityModule, createGrid, type GridOptions, ModuleRegistry, themeQuartz } from 'ag-grid-community';
import type { DeskRows } from '../../src/session/protocol.ts';
import { driven, FIGURES, type Figure, type Recorded, record, SIGHT, stateName } from './stream.ts';

type Row = { account: string; state: string } & Record<Figure, number>;
type Columns = NonNullable<GridOptions<Row>['columnDefs']>;

ModuleRegistry.registerModules([AllCommunityModule]);

const DIGITS: Readonly<Record<Figure, number>> = {
  equity: 2,
  grossNotional: 2,
  leverage: 2,
  marginRatio: 4,
  marginExcess: 2,
  bufferShare: 4,
};

const COLUMNS: Columns = [
  { field: 'account' },
  { field: 'state' },
  ...FIGURES.map((field) => ({
    field,
    valueFormatter: ({ value }: { readonly value: number }) => value.toFixed(DIGITS[field]),
    ...(field === 'marginExcess' ? { sort: 'asc' as const } : {}),
  })),
];

function fill(rows: Row[], tick: DeskRows): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    row.state = stateName(tick, i);
    row.equity = tick.equity[i]!;
    row.grossNotional = tick.grossNotional[i]!;
    row.leverage = tick.leverage[i]!;
    row.marginRatio = tick.marginRatio[i]!;
    row.marginExcess = tick.marginExcess[i]!;
    row.bufferShare = tick.bufferShare[i]!;
  }
}

const blankRows = ({ account }: Recorded): Row[] =>
  account.map((id) => ({
    account: id,
    state: '',
    equity: 0,
    grossNotional: 0,
    leverage: 0,
    marginRatio: 0,
    marginExcess: 0,
    bufferShare: 0,
  }));

async function open(): Promise<(tick: number) => Promise<void>> {
  const recorded = await record();
  const rows = blankRows(recorded);
  fill(rows, recorded.ticks[0]!);
  let onFlushed = (): void => {};
  const element = document.getElementById('table')!;
  Object.assign(element.style, { width: `${SIGHT.width}px`, height: `${SIGHT.height}px` });
  const grid = await new Promise<ReturnType<typeof createGrid<Row>>>((resolve) => {
    const api = createGrid<Row>(element, {
      theme: themeQuartz,
      rowData: rows,
      getRowId: ({ data }) => data.account,
      rowHeight: SIGHT.rowHeight,
      headerHeight: SIGHT.headHeight,
      animateRows: false,
      asyncTransactionWaitMillis: 0,
      columnDefs: COLUMNS,
      defaultColDef: { width: SIGHT.columnWidth },
      onFirstDataRendered: () => requestAnimationFrame(() => resolve(api)),
      onAsyncTransactionsFlushed: () => onFlushed(),
    });
  });
  return (tick) => {
    fill(rows, recorded.ticks[tick % recorded.ticks.length]!);
    return new Promise((resolve) => {
      onFlushed = () => requestAnimationFrame(() => resolve());
      grid.applyTransactionAsync({ update: rows });
    });
  };
}

Object.assign(window, { subject: driven(open) });
