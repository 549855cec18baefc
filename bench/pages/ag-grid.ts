/** AG Grid Community on the stream: rows allocated once and changed in place, asynchronous transactions, sorted by buffer. */
import {
  AllCommunityModule,
  type AsyncTransactionsFlushedEvent,
  createGrid,
  type GridOptions,
  ModuleRegistry,
  themeQuartz,
} from 'ag-grid-community';
import { accountName, driven, type Frame, prepareFrames, ROWS, STATES } from './stream.ts';

interface Row {
  account: string;
  state: string;
  equity: number;
  grossNotional: number;
  leverage: number;
  marginRatio: number;
  marginExcess: number;
  bufferShare: number;
}

ModuleRegistry.registerModules([AllCommunityModule]);

const frames = prepareFrames();
const rows: Row[] = Array.from({ length: ROWS }, (_, row) => ({
  account: accountName(row),
  state: 'healthy',
  equity: 0,
  grossNotional: 0,
  leverage: 0,
  marginRatio: 0,
  marginExcess: 0,
  bufferShare: 0,
}));

function fill(frame: Frame): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    row.state = STATES[frame.state[i]!]!;
    row.equity = frame.equity[i]!;
    row.grossNotional = frame.grossNotional[i]!;
    row.leverage = frame.leverage[i]!;
    row.marginRatio = frame.marginRatio[i]!;
    row.marginExcess = frame.marginExcess[i]!;
    row.bufferShare = frame.bufferShare[i]!;
  }
}

const number = (field: keyof Row, digits: number): NonNullable<GridOptions<Row>['columnDefs']>[number] => ({
  field,
  valueFormatter: ({ value }: { value: number }) => value.toFixed(digits),
});

fill(frames[0]!);
let onFlushed = (): void => {};
let onReady = (): void => {};
const ready = new Promise<void>((resolve) => {
  onReady = resolve;
});

const grid = createGrid<Row>(document.getElementById('table')!, {
  theme: themeQuartz,
  rowData: rows,
  getRowId: ({ data }) => data.account,
  rowHeight: 24,
  headerHeight: 24,
  animateRows: false,
  asyncTransactionWaitMillis: 0,
  columnDefs: [
    { field: 'account' },
    { field: 'state' },
    number('equity', 2),
    number('grossNotional', 2),
    number('leverage', 2),
    number('marginRatio', 4),
    { ...number('marginExcess', 2), sort: 'asc' },
    number('bufferShare', 4),
  ],
  defaultColDef: { width: 150 },
  onFirstDataRendered: () => requestAnimationFrame(() => onReady()),
  onAsyncTransactionsFlushed: (_: AsyncTransactionsFlushedEvent<Row>) => onFlushed(),
});

const update = (tick: number): Promise<void> => {
  fill(frames[tick % frames.length]!);
  return new Promise((resolve) => {
    onFlushed = () => requestAnimationFrame(() => resolve());
    grid.applyTransactionAsync({ update: rows });
  });
};

Object.assign(window, { subject: driven(ready, update) });
