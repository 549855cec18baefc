/** What raises an alarm, as data (rules AL-1 to AL-8 of docs/spec/alarms.md). */
import { Decimal } from '../../domain/units.ts';

/**
 * What a rule looks at; units as in the glossary. `feed`: how old the prices of a market are. `pegGap`, `collateralGap`: the size of the gap of something held to its dollar, or of
 * its mark to its index. `reproduction`: R of a whole book (CA-21).
 */
export const MEASURES = [
  'marginRatio',
  'healthFactor',
  'leverage',
  'liquidationDistance',
  'sigmaDistance',
  'liquidationProbability24h',
  'marginExcess',
  'feed',
  'pegGap',
  'collateralGap',
  'reproduction',
] as const;
export type Measure = (typeof MEASURES)[number];

/** Measures of one market, and of a whole book. */
export type MarketMeasure = 'feed' | 'pegGap' | 'collateralGap';
const MARKET_MEASURES: ReadonlySet<Measure> = new Set<Measure>(['feed', 'pegGap', 'collateralGap'] satisfies readonly MarketMeasure[]);
export const isMarketMeasure = (measure: Measure): measure is MarketMeasure => MARKET_MEASURES.has(measure);

/** Measures of one pool. */
export type PoolMeasure = Exclude<Measure, MarketMeasure | 'reproduction'>;
export const isPoolMeasure = (measure: Measure): measure is PoolMeasure => measure !== 'reproduction' && !isMarketMeasure(measure);

/** AL-2: the measures that are worse the lower they are. */
export const DOWN_IS_WORSE: ReadonlySet<Measure> = new Set<Measure>([
  'healthFactor',
  'liquidationDistance',
  'sigmaDistance',
  'marginExcess',
]);

/** What a rule can put a pool into. What the venue does – liquidation, bankruptcy – needs no rule. */
export const SEVERITIES = ['watch', 'warning', 'margin-call'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How loud: kept; shown on the page; shown and sounded; that and the system's own notification. Each holds those before it. */
export const CHANNELS = ['journal', 'page', 'sound', 'system'] as const;
export type Channel = (typeof CHANNELS)[number];

export type Scope =
  | { readonly kind: 'all' }
  | { readonly kind: 'account'; readonly account: string }
  /** Accounts that a filter of the desk lets through; who is in it is the caller's to say. */
  | { readonly kind: 'group'; readonly filter: string }
  /** Pools that hold the market; for measures of markets the market itself. */
  | { readonly kind: 'market'; readonly market: string }
  | { readonly kind: 'venue'; readonly venue: string };

export interface AlarmRule {
  readonly id: string;
  readonly scope: Scope;
  readonly measure: Measure;
  readonly severity: Severity;
  /** Armed at this value and beyond, in the direction that is worse. */
  readonly arm: Decimal;
  /** Clear only on the better side of this value, not at it. Never on the worse side of `arm`. */
  readonly clear: Decimal;
  /** Armed without a break for this long before it counts. */
  readonly onDelayMs: number;
  /** Clear without a break for this long before it ends. */
  readonly offDelayMs: number;
  /** No second notice of the same pool at the same or a lower severity before this has passed. */
  readonly cooldownMs: number;
  readonly channel: Channel;
}

/** AL-5: a measure that worsens this much within this time makes every armed rule count at once. */
export interface Bypass {
  readonly measure: PoolMeasure;
  readonly worsening: Decimal;
  readonly withinMs: number;
  /** What a pool is taken to have had before it was first seen; absent: nothing is assumed. */
  readonly calmLevel?: Decimal;
}

export interface MarginCallTerms {
  /** The margin ratio at and below which a call is cured; absent: the rules' own clear levels are enough. */
  readonly cureRatio?: Decimal;
  /** Time to meet a call; 0: there is none, the venue acts at once. */
  readonly clockMs: number;
  /** The same, by venue. */
  readonly venueClockMs: Readonly<Record<string, number>>;
}

export interface FloodTerms {
  /** More notices than this within the time are a flood, and fewer than `end` end it. */
  readonly start: number;
  readonly end: number;
  readonly withinMs: number;
}

export interface AlarmRules {
  readonly format: 'alarm-rules/1';
  readonly rules: readonly AlarmRule[];
  readonly bypass?: Bypass;
  readonly marginCall: MarginCallTerms;
  readonly flood: FloodTerms;
  /** An alarm from warning upwards that nobody acknowledges for this long is said again, louder. 0: never. */
  readonly escalateAfterMs: number;
  /** AL-4: between two looks further apart than this nothing was seen, and no delay runs. */
  readonly gapMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const DEFAULT_FLOOD: FloodTerms = { start: 10, end: 5, withinMs: 10 * MINUTE };
/** Venues on a chain liquidate in the next block: no call, no clock. */
export const DEFAULT_MARGIN_CALL: MarginCallTerms = {
  cureRatio: new Decimal('0.65'),
  clockMs: 30 * MINUTE,
  venueClockMs: {
    'aave-v3': 0,
    'compound-v3': 0,
    'dydx-v4': 0,
    'gmx-v2': 0,
    hyperliquid: 0,
    maker: 0,
    'morpho-blue': 0,
    spark: 0,
  },
};
export const DEFAULT_ESCALATE_AFTER_MS = 10 * MINUTE;
export const DEFAULT_GAP_MS = 5 * MINUTE;

type Levels = readonly [arm: string, clear: string];
const ALL: Scope = { kind: 'all' };

const rule = (
  id: string,
  measure: Measure,
  severity: Severity,
  [arm, clear]: Levels,
  [onDelayMs, offDelayMs]: readonly [number, number],
  channel: Channel,
): AlarmRule => ({
  id,
  scope: ALL,
  measure,
  severity,
  arm: new Decimal(arm),
  clear: new Decimal(clear),
  onDelayMs,
  offDelayMs,
  cooldownMs: severity === 'watch' ? HOUR : severity === 'warning' ? 30 * MINUTE : 10 * MINUTE,
  channel,
});

/**
 * AL-8: what holds until somebody says otherwise. Probability first: 1 %, 5 %, 25 % within 24 hours are 4.26, 2.32 and 1.04σ away, and
 * clear half a σ further out. The margin ratio is the backstop: on a market with a low requirement 0.80 is minutes from the end. R of the
 * loaded book: half way to feeding itself, near it, and at it.
 */
export const DEFAULT_RULES: AlarmRules = {
  format: 'alarm-rules/1',
  rules: [
    rule('probability-watch', 'liquidationProbability24h', 'watch', ['0.01', '0.0073'], [MINUTE, 15 * MINUTE], 'journal'),
    rule('probability-warning', 'liquidationProbability24h', 'warning', ['0.05', '0.03'], [20 * SECOND, 10 * MINUTE], 'system'),
    rule('probability-call', 'liquidationProbability24h', 'margin-call', ['0.25', '0.125'], [5 * SECOND, 5 * MINUTE], 'system'),
    rule('ratio-warning', 'marginRatio', 'warning', ['0.5', '0.45'], [20 * SECOND, 10 * MINUTE], 'system'),
    rule('ratio-call', 'marginRatio', 'margin-call', ['0.8', '0.75'], [5 * SECOND, 5 * MINUTE], 'system'),
    rule('feed-stale', 'feed', 'watch', ['2', '1'], [10 * SECOND, 10 * SECOND], 'page'),
    rule('feed-lost', 'feed', 'warning', ['3', '2'], [0, 10 * SECOND], 'system'),
    rule('peg-gap', 'pegGap', 'warning', ['0.01', '0.005'], [10 * SECOND, MINUTE], 'system'),
    rule('collateral-gap', 'collateralGap', 'warning', ['0.02', '0.01'], [10 * SECOND, MINUTE], 'system'),
    rule('reproduction-watch', 'reproduction', 'watch', ['0.5', '0.45'], [MINUTE, 15 * MINUTE], 'page'),
    rule('reproduction-warning', 'reproduction', 'warning', ['0.8', '0.72'], [20 * SECOND, 10 * MINUTE], 'system'),
    rule('reproduction-call', 'reproduction', 'margin-call', ['1', '0.9'], [5 * SECOND, 5 * MINUTE], 'system'),
  ],
  bypass: { measure: 'sigmaDistance', worsening: new Decimal(1), withinMs: HOUR, calmLevel: new Decimal('4.76') },
  marginCall: DEFAULT_MARGIN_CALL,
  flood: DEFAULT_FLOOD,
  escalateAfterMs: DEFAULT_ESCALATE_AFTER_MS,
  gapMs: DEFAULT_GAP_MS,
};

/** AL-7: for a measure, the value from which on some rule is armed. What is on the better side of all of them need not be read. */
export interface InterestLevel {
  readonly measure: Measure;
  readonly level: Decimal;
}

/** AL-7: the loosest arm level of every measure that a rule looks at: what a desk hands over without being asked. */
export function interestLevels({ rules }: Pick<AlarmRules, 'rules'>): InterestLevel[] {
  const loosest = new Map<Measure, Decimal>();
  for (const { measure, arm } of rules) {
    const known = loosest.get(measure);
    if (!known || isBeyond(measure, known, arm)) loosest.set(measure, arm);
  }
  return [...loosest].map(([measure, level]) => ({ measure, level }));
}

/** Whether `value` is at `level` or on its worse side, exactly. */
export function isBeyond(measure: Measure, value: Decimal, level: Decimal): boolean {
  const order = value.cmp(level);
  return DOWN_IS_WORSE.has(measure) ? order <= 0 : order >= 0;
}
