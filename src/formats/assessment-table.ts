/** An assessment for people: one block an account, figures rounded for the eye. Programs read `assessment-json.ts`. */
import type { Figure } from '../domain/outcome.ts';
import { Decimal } from '../domain/units.ts';
import type { AccountAssessment, PoolFigures, PositionAssessment } from '../engine/types.ts';
import type { RiskStates } from './assessment-json.ts';

/** Digits that a person reads; rounded half-even. */
const DIGITS_SHOWN = 10;

/** The block of one account, ending in a line break. A figure without a number shows its reason in brackets. */
export function assessmentBlock(assessment: AccountAssessment, states: RiskStates): string {
  const head = `${printable(assessment.account)}  ${assessment.venue}  ${assessment.asOf}  ${states.account}  (amounts in ${printable(assessment.unit)})`;
  const pools = assessment.pools.map((pool, i) => [
    printable(pool.id),
    states.pools[i] ?? '',
    ...POOL_COLUMNS.map(([, name, show]) => show(pool[name])),
  ]);
  const positions = assessment.positions.map((position) => [
    printable(position.instrument),
    position.side,
    position.marginMode,
    ...POSITION_COLUMNS.map(([, name, show]) => show(position[name])),
  ]);
  const missing = assessment.indeterminate.map(
    (entry) => `  not known: ${entry.reason} ${printable(entry.subject)}, in ${entry.pools.map(printable).join(', ')}`,
  );
  const blocks = [
    [head],
    table(['pool', 'state', ...POOL_COLUMNS.map(([title]) => title)], pools, 2),
    positions.length > 0 ? table(['position', 'side', 'margin', ...POSITION_COLUMNS.map(([title]) => title)], positions, 3) : [],
    missing,
  ];
  return `${blocks.flat().join('\n')}\n`;
}

type Show = (figure: Figure) => string;

const amount: Show = (figure) => (figure.ok ? rounded(figure.value) : `[${figure.reason}]`);
const percent: Show = (figure) =>
  figure.ok ? `${figure.value.times(100).toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN).toFixed(2)} %` : `[${figure.reason}]`;
const times: Show = (figure) =>
  figure.ok ? `${figure.value.toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN).toFixed(2)}×` : `[${figure.reason}]`;

const POOL_COLUMNS: readonly (readonly [string, keyof PoolFigures, Show])[] = [
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

const POSITION_COLUMNS: readonly (readonly [
  string,
  keyof PositionAssessment &
    ('notional' | 'unrealizedPnl' | 'maintenanceMargin' | 'liquidationPrice' | 'liquidationDistance' | 'bankruptcyPrice'),
  Show,
])[] = [
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

/** Rows below their titles, two blanks apart; the first `left` columns begin at the left, numbers end at the right. */
function table(titles: readonly string[], rows: readonly (readonly string[])[], left: number): string[] {
  const lines = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const pad = (cell: string, column: number): string =>
    column < left ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return lines.map((line) => `  ${line.map(pad).join('  ')}`.trimEnd());
}

/** A name from outside, safe for a terminal: control characters become �. */
const printable = (text: string): string => text.replace(/\p{C}/gu, '�');
