/**
 * An assessment as one line of JSON, in the order and words of the command line's contract (rules BF-20 to BF-24).
 * Fields beyond the contract stand behind those it names.
 */
import type { Book } from '../domain/book.ts';
import { pointerSegment } from '../domain/fault.ts';
import type { Figure, Outcome, Reason } from '../domain/outcome.ts';
import { REASONS } from '../domain/outcome.ts';
import { Decimal } from '../domain/units.ts';
import type {
  AccountAssessment,
  Indeterminacy,
  PoolAssessment,
  PoolFigureName,
  PoolFigures,
  PositionAssessment,
  PositionFigureName,
} from '../engine/types.ts';

/** Significant digits of a printed number. */
const DIGITS_MAX = 30;

const CONTRACT_FIGURES = [
  'equity',
  'grossNotional',
  'netNotional',
  'leverage',
  'initialMargin',
  'maintenanceMargin',
  'marginRatio',
  'healthFactor',
  'marginExcess',
  'freeCollateral',
] as const satisfies readonly PoolFigureName[];

const FURTHER_FIGURES = [
  'netLeverage',
  'withdrawable',
  'liquidationFees',
  'unrealizedPnl',
  'uniformShock',
  'uniformShockDown',
  'uniformShockUp',
] as const satisfies readonly PoolFigureName[];

const CONTRACT_POSITION_FIGURES = [
  'notional',
  'unrealizedPnl',
  'initialMargin',
  'maintenanceMargin',
  'liquidationPrice',
  'liquidationDistance',
  'bankruptcyPrice',
] as const satisfies readonly PositionFigureName[];

const FURTHER_POSITION_FIGURES = ['backstopPrice', 'returnOnEquity'] as const satisfies readonly PositionFigureName[];

/**
 * Plain decimal text of at most 30 significant digits, half-even, never an exponent, no trailing zeros after the point (BF-21).
 * A number that is exact in 30 digits is printed exactly.
 */
export function decimalText(value: Decimal): string {
  const text = value.toSignificantDigits(DIGITS_MAX, Decimal.ROUND_HALF_EVEN).toFixed();
  return text === '-0' ? '0' : text;
}

/** What policy adds to the engine's facts. */
export interface RiskStates {
  readonly account: string;
  /** In the order of the assessment's pools. */
  readonly pools: readonly string[];
}

/** One line, without its line break. `book`, where the input was one, says where a missing value belongs. */
export function assessmentLine(assessment: AccountAssessment, states: RiskStates, book: Book | undefined): string {
  return JSON.stringify({
    account: assessment.account,
    venue: assessment.venue,
    asOf: assessment.asOf,
    ...figureFields(assessment, CONTRACT_FIGURES),
    riskState: states.account,
    positions: assessment.positions.map(positionEntry),
    indeterminate: assessment.indeterminate.map((entry) => indeterminateEntry(entry, book)),
    unit: assessment.unit,
    ...figureFields(assessment, FURTHER_FIGURES),
    pools: assessment.pools.map((pool, i) => poolEntry(pool, states.pools[i])),
  });
}

export type Json = Readonly<Record<string, unknown>>;

/** Each figure as its text, or as `null` with the reason beside it (BF-22). */
export function figureFields<N extends string>(figures: Readonly<Record<N, Figure>>, names: readonly N[]): Json {
  const fields: Record<string, unknown> = {};
  for (const name of names) setOutcome(fields, name, figures[name], decimalText);
  return fields;
}

function setOutcome<T>(fields: Record<string, unknown>, name: string, outcome: Outcome<T>, show: (value: T) => unknown): void {
  fields[name] = outcome.ok ? show(outcome.value) : null;
  if (!outcome.ok) fields[`${name}Reason`] = outcome.reason;
}

function positionEntry(position: PositionAssessment): Json {
  return {
    instrument: position.instrument,
    marginMode: position.marginMode,
    ...figureFields(position, CONTRACT_POSITION_FIGURES),
    side: position.side,
    pool: position.pool,
    ...figureFields(position, FURTHER_POSITION_FIGURES),
  };
}

function poolEntry(pool: PoolAssessment, riskState: string | undefined): Json {
  const fields: Record<string, unknown> = { pool: pool.id, kind: pool.kind };
  Object.assign(fields, figureFields(pool as PoolFigures, CONTRACT_FIGURES), { riskState });
  setOutcome(fields, 'isLiquidatable', pool.isLiquidatable, (value) => value);
  return { ...fields, ...figureFields(pool as PoolFigures, FURTHER_FIGURES), positions: pool.positions };
}

/** BF-23: what is not known, where in the book it belongs, and what it makes unknown. */
function indeterminateEntry(entry: Indeterminacy, book: Book | undefined): Json {
  const pointer = book && pointerOf(entry.reason, entry.subject, book);
  return {
    reason: entry.reason,
    subject: entry.subject,
    pools: entry.pools,
    ...(pointer === undefined ? {} : { pointer }),
    message: `${entry.subject}: ${REASONS[entry.reason]}`,
  };
}

/** The field of the book that would make it known. */
function pointerOf(reason: Reason, subject: string, book: Book): string | undefined {
  const field = MISSING_FIELD[reason];
  if (!field) return undefined;
  const [ofInstrument, ofAsset] = field;
  if (ofInstrument && book.instruments.has(subject)) return `/instruments${pointerSegment(subject)}/${ofInstrument}`;
  return ofAsset ? `/assets${pointerSegment(subject)}/${ofAsset}` : undefined;
}

const MISSING_FIELD: Readonly<Partial<Record<Reason, readonly [ofInstrument: string | undefined, ofAsset: string | undefined]>>> = {
  'missing-mark': ['markPrice', 'price'],
  'stale-mark': ['markPrice', 'price'],
  'missing-tiers': ['tiers', undefined],
  'missing-threshold': [undefined, 'liquidationThreshold'],
};
