/** An assessment for people: one block an account, figures rounded for the eye. Programs read `assessment-json.ts`. */
import type { Figure } from '../domain/outcome.ts';
import { Decimal } from '../domain/units.ts';
import type { AccountAssessment, PoolFigureName, PositionFigureName } from '../engine/types.ts';
import type { RiskStates } from './assessment-json.ts';

/** Digits that a person reads; rounded half-even. */
const DIGITS_SHOWN = 10;

/** The block of one account, ending in a line break. A figure without a number shows its reason in brackets. */
export function assessmentBlock(assessment: AccountAssessment, states: RiskStates): string {
  const { account, venue, asOf, unit, pools, positions } = assessment;
  const head = `${printable(account)}  ${venue}  ${asOf}  ${states.account}  (amounts in ${printable(unit)})`;
  const poolNames = pools.map((pool, i) => [printable(pool.id), states.pools[i] ?? '']);
  const positionNames = positions.map((position) => [printable(position.instrument), position.side, position.marginMode]);
  const unknown = assessment.indeterminate.map(
    (entry) => `  not known: ${entry.reason} ${printable(entry.subject)}, in ${entry.pools.map(printable).join(', ')}`,
  );
  const lines = [
    head,
    ...table(['pool', 'state'], poolNames, POOL_COLUMNS, pools),
    ...(positions.length > 0 ? table(['position', 'side', 'margin'], positionNames, POSITION_COLUMNS, positions) : []),
    ...unknown,
  ];
  return `${lines.join('\n')}\n`;
}

type Show = (value: Decimal) => string;
type Column<N extends string> = readonly [title: string, figure: N, show: Show];

const amount: Show = (value) => rounded(value);
const percent: Show = (value) => `${value.times(100).toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN).toFixed(2)} %`;
const times: Show = (value) => `${value.toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN).toFixed(2)}×`;

const POOL_COLUMNS: readonly Column<PoolFigureName>[] = [
  ['equity', 'equity', amount],
  ['notional', 'grossNotional', amount],
  ['leverage', 'leverage', times],
  ['maintenance', 'maintenanceMargin', amount],
  ['margin ratio', 'marginRatio', percent],
  ['health factor', 'healthFactor', amount],
  ['margin excess', 'marginExcess', amount],
  ['free collateral', 'freeCollateral', amount],
  ['uniform shock', 'uniformShock', percent],
];

const POSITION_COLUMNS: readonly Column<PositionFigureName>[] = [
  ['notional', 'notional', amount],
  ['unrealized', 'unrealizedPnl', amount],
  ['maintenance', 'maintenanceMargin', amount],
  ['liquidation price', 'liquidationPrice', amount],
  ['distance', 'liquidationDistance', percent],
  ['bankruptcy price', 'bankruptcyPrice', amount],
];

function rounded(value: Decimal): string {
  const cents = value.toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN);
  const shown = value.abs().gte(1000) ? cents : value.toSignificantDigits(DIGITS_SHOWN, Decimal.ROUND_HALF_EVEN);
  return shown.isZero() ? '0' : shown.toFixed();
}

/**
 * Rows of names and figures below their titles, two blanks apart; names begin at the left, figures end at the right.
 * A figure that does not exist for any of the rows has no column.
 */
function table<N extends string>(
  nameTitles: readonly string[],
  names: readonly (readonly string[])[],
  columns: readonly Column<N>[],
  rows: readonly Readonly<Record<N, Figure>>[],
): string[] {
  const isPresent = (figure: Figure): boolean => figure.ok || figure.reason !== 'not-applicable';
  const shown = columns.filter(([, name]) => rows.some((row) => isPresent(row[name])));
  const cell = (figure: Figure, show: Show): string => (figure.ok ? show(figure.value) : `[${figure.reason}]`);
  const lines = [
    [...nameTitles, ...shown.map(([title]) => title)],
    ...rows.map((row, i) => [...(names[i] ?? []), ...shown.map(([, name, show]) => cell(row[name], show))]),
  ];
  const widths = lines[0]!.map((_, column) => lines.reduce((width, line) => Math.max(width, (line[column] ?? '').length), 0));
  const pad = (text: string, column: number): string =>
    column < nameTitles.length ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => `  ${line.map(pad).join('  ')}`.trimEnd());
}

/** A name from outside, safe for a terminal: control characters become �. */
const printable = (text: string): string => text.replace(/\p{C}/gu, '�');
