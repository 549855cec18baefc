/**
 * Pools in alarm whose figures crossed nothing since the machine read them last (rule DA-13). Nothing of them is to be judged: their newest
 * figures stay in columns and reach the machine when it next judges, tells of or keeps the pool. Most pools in alarm are like that at
 * most looks, and without this every look would make thousands of readings that change nothing.
 */
import type { Subject } from '../../../policy/alarms/events.ts';
import { worstOf } from '../../../policy/alarms/held.ts';
import type { PoolMeasure } from '../../../policy/alarms/rules.ts';
import { type AlarmRules, type Bypass, DOWN_IS_WORSE } from '../../../policy/alarms/rules.ts';
import type { SubjectState } from '../../../policy/alarms/subject-state.ts';
import type { NewerFigures } from '../../../policy/alarms/subject-store.ts';
import { type Candidates, EQUITY, FIGURES, HEALTH, LEVERAGE, NOTIONAL, PROBABILITY, RATIO, REQUIREMENT, SHOCK, SIGMA } from './gather.ts';

/** The measures, and where the figures of a row begin to tell each of them. `marginExcess` is a difference of two figures. */
const MEASURES: readonly PoolMeasure[] = [
  'marginRatio',
  'healthFactor',
  'leverage',
  'liquidationDistance',
  'sigmaDistance',
  'liquidationProbability24h',
  'marginExcess',
];
const COUNT = MEASURES.length;
const SIGN = MEASURES.map((measure) => (DOWN_IS_WORSE.has(measure) ? -1 : 1));
const SIGMA_AT = MEASURES.indexOf('sigmaDistance');
const PROBABILITY_AT = MEASURES.indexOf('liquidationProbability24h');

/** Columns of one row: newest values, worst since the machine caught up (turned: more is worse), money, and the bypass memory. */
const WORST = COUNT;
const AT_RISK = 2 * COUNT;
const CAPITAL_EQUITY = AT_RISK + 1;
const CAPITAL_REQUIREMENT = AT_RISK + 2;
const BUCKET = AT_RISK + 3;
const BEST = AT_RISK + 4;
const BEFORE = AT_RISK + 5;
const WIDTH = AT_RISK + 6;

/** Of a measure without a number. */
const NO_NUMBER = 0xffff;
/** Of a row that must be read whole. */
const UNREAD = 0xff;

const LIQUIDATION = 4;
const BANKRUPT = 5;
const MISSING = 6;

/** What `readingAt` would find of knowledge, venue and σ, as one number. */
function classOf(code: number, isOld: boolean, sigma: number): number {
  const venue = code >= MISSING ? 3 : code === LIQUIDATION ? 1 : code === BANKRUPT ? 2 : 0;
  const odds = Number.isNaN(sigma) ? 2 : sigma === Number.POSITIVE_INFINITY ? 1 : 0;
  return (2 * venue + (isOld ? 1 : 0)) * 3 + odds;
}

/** All levels of a measure, turned so that more is worse, rising; at the cure of a call too. */
function levelsOf({ rules, marginCall }: AlarmRules, measure: PoolMeasure, sign: number): Float64Array {
  const levels = rules.filter((rule) => rule.measure === measure).flatMap(({ arm, clear }) => [arm.toNumber(), clear.toNumber()]);
  if (measure === 'marginRatio' && marginCall.cureRatio) levels.push(marginCall.cureRatio.toNumber());
  return Float64Array.from(new Set(levels), (level) => sign * level).sort();
}

/** How many levels a value is at or beyond: as long as that stays, so does where it stands to every rule. */
function passed(levels: Float64Array, turned: number): number {
  if (Number.isNaN(turned)) return NO_NUMBER;
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (turned >= levels[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface QuietBypass {
  readonly at: number;
  readonly sign: number;
  readonly worsening: number;
  readonly withinMs: number;
}

function bypassOf(bypass: Bypass | undefined): QuietBypass | undefined {
  if (!bypass) return undefined;
  const { measure, worsening, withinMs } = bypass;
  return { at: MEASURES.indexOf(measure), sign: DOWN_IS_WORSE.has(measure) ? 1 : -1, worsening: worsening.toNumber(), withinMs };
}

export class QuietPools implements NewerFigures {
  private readonly levels: readonly Float64Array[];
  private readonly bypass: QuietBypass | undefined;
  private readonly rules: AlarmRules;
  private readonly rows = new Map<Subject, number>();
  private free: number[] = [];
  private used = 0;
  private figures = new Float64Array(1_024 * WIDTH);
  private standing = new Uint16Array(1_024 * COUNT);
  private kind = new Uint8Array(1_024);
  private isCounting = new Uint8Array(1_024);
  private isNewer = new Uint8Array(1_024);
  private readonly found = new Float64Array(COUNT);

  constructor(rules: AlarmRules) {
    this.rules = rules;
    this.levels = MEASURES.map((measure, m) => levelsOf(rules, measure, SIGN[m]!));
    this.bypass = bypassOf(rules.bypass);
  }

  clear(): void {
    this.rows.clear();
    this.free = [];
    this.used = 0;
  }

  drop(subject: Subject): void {
    const row = this.rows.get(subject);
    if (row === undefined) return;
    this.rows.delete(subject);
    this.free.push(row);
  }

  /** Whether candidate `i` crossed nothing; its figures are taken over then, and the machine needs no reading of it. */
  takes(subject: Subject, candidates: Candidates, i: number, isOld: boolean, observedMs: number): boolean {
    const row = this.rows.get(subject);
    if (row === undefined || this.kind[row] === UNREAD || candidates.exact.has(i)) return false;
    const { figures, standing, found, levels } = this;
    const at = i * FIGURES;
    if (this.kind[row] !== classOf(candidates.code[i]!, isOld, candidates.figures[at + SIGMA]!)) return false;
    this.read(candidates.figures, at);
    for (let m = 0; m < COUNT; m++) if (passed(levels[m]!, SIGN[m]! * found[m]!) !== standing[row * COUNT + m]) return false;
    if (!this.remember(row, observedMs)) return false;
    const to = row * WIDTH;
    for (let m = 0; m < COUNT; m++) {
      const value = found[m]!;
      figures[to + m] = value;
      const turned = SIGN[m]! * value;
      if (turned > figures[to + WORST + m]!) figures[to + WORST + m] = turned;
    }
    this.takeMoney(to, candidates.figures, at);
    this.isNewer[row] = 1;
    return true;
  }

  /** The values of the measures at `at`, NaN where there is none, into `found`. */
  private read(from: Float64Array, at: number): void {
    const { found } = this;
    const sigma = from[at + SIGMA]!;
    found[0] = from[at + RATIO]!;
    found[1] = from[at + HEALTH]!;
    found[2] = from[at + LEVERAGE]!;
    found[3] = from[at + SHOCK]!;
    found[SIGMA_AT] = sigma === Number.POSITIVE_INFINITY ? Number.NaN : sigma;
    found[PROBABILITY_AT] = Number.isNaN(found[SIGMA_AT]!) ? Number.NaN : from[at + PROBABILITY]!;
    found[6] = from[at + EQUITY]! - from[at + REQUIREMENT]!;
  }

  private takeMoney(to: number, from: Float64Array, at: number): void {
    const { figures } = this;
    const notional = from[at + NOTIONAL]!;
    const equity = from[at + EQUITY]!;
    const requirement = from[at + REQUIREMENT]!;
    if (!Number.isNaN(notional)) figures[to + AT_RISK] = notional;
    if (Number.isNaN(equity) || Number.isNaN(requirement)) return;
    figures[to + CAPITAL_EQUITY] = equity;
    figures[to + CAPITAL_REQUIREMENT] = requirement;
  }

  /** AL-5; false, and nothing remembered, where a rule that is counting must count at once. */
  private remember(row: number, observedMs: number): boolean {
    const { bypass, figures } = this;
    if (!bypass) return true;
    const value = this.found[bypass.at]!;
    if (Number.isNaN(value)) return true;
    const at = row * WIDTH;
    const bucket = Math.floor(observedMs / bypass.withinMs);
    const known = figures[at + BUCKET]!;
    const isSame = bucket === known;
    const best = isSame ? figures[at + BEST]! : Number.NaN;
    const before = isSame ? figures[at + BEFORE]! : bucket === known + 1 ? figures[at + BEST]! : Number.NaN;
    const reference = this.better(best, before);
    if (this.isCounting[row] === 1 && bypass.sign * (reference - value) >= bypass.worsening) return false;
    figures[at + BUCKET] = bucket;
    figures[at + BEST] = this.better(best, value);
    figures[at + BEFORE] = before;
    return true;
  }

  private better(a: number, b: number): number {
    if (Number.isNaN(a)) return b;
    if (Number.isNaN(b)) return a;
    const { sign } = this.bypass!;
    return sign * a >= sign * b ? a : b;
  }

  /** After the machine read candidate `i`: what it stands at from now on. */
  adopt(state: SubjectState, candidates: Candidates, i: number, isOld: boolean): void {
    const row = this.rows.get(state.subject) ?? this.place(state.subject);
    const { figures, standing, found, levels } = this;
    const at = i * FIGURES;
    this.read(candidates.figures, at);
    for (let m = 0; m < COUNT; m++) standing[row * COUNT + m] = passed(levels[m]!, SIGN[m]! * found[m]!);
    const to = row * WIDTH;
    figures.fill(Number.NaN, to, to + WIDTH);
    figures.set(found, to);
    figures[to + AT_RISK] = state.atRisk;
    figures[to + CAPITAL_EQUITY] = state.capital?.equity ?? Number.NaN;
    figures[to + CAPITAL_REQUIREMENT] = state.capital?.requirement ?? Number.NaN;
    figures[to + BUCKET] = state.bypass.bucket;
    figures[to + BEST] = state.bypass.best ?? Number.NaN;
    figures[to + BEFORE] = state.bypass.before ?? Number.NaN;
    figures.fill(Number.NEGATIVE_INFINITY, to + WORST, to + WORST + COUNT);
    this.isCounting[row] = state.conditions.some(({ armedSince }) => armedSince !== undefined) ? 1 : 0;
    this.isNewer[row] = 0;
    const isWhole = candidates.exact.has(i) || this.isLatched(state);
    this.kind[row] = isWhole ? UNREAD : classOf(candidates.code[i]!, isOld, candidates.figures[at + SIGMA]!);
  }

  /** A call that no rule asks for any more ends with the ratio alone: it is judged at every look. */
  private isLatched({ state, conditions, ruleIndices }: SubjectState): boolean {
    const { rules } = this.rules;
    return state === 'margin-call' && !conditions.some(({ active }, i) => active && rules[ruleIndices[i]!]!.severity === 'margin-call');
  }

  private place(subject: Subject): number {
    const row = this.free.pop() ?? this.used++;
    if (row >= this.kind.length) this.grow();
    this.rows.set(subject, row);
    return row;
  }

  private grow(): void {
    const length = 2 * this.kind.length;
    const wider = <T extends Float64Array | Uint16Array | Uint8Array>(column: T, next: T): T => {
      next.set(column);
      return next;
    };
    this.figures = wider(this.figures, new Float64Array(length * WIDTH));
    this.standing = wider(this.standing, new Uint16Array(length * COUNT));
    this.kind = wider(this.kind, new Uint8Array(length));
    this.isCounting = wider(this.isCounting, new Uint8Array(length));
    this.isNewer = wider(this.isNewer, new Uint8Array(length));
  }

  /** The state with the newest figures. One that is `judged` changes by itself: the next look reads it whole. */
  caughtUp(state: SubjectState, isJudged: boolean): SubjectState {
    const row = this.rows.get(state.subject);
    if (row === undefined) return state;
    if (isJudged) this.kind[row] = UNREAD;
    if (this.isNewer[row] === 0) return state;
    this.isNewer[row] = 0;
    const { figures } = this;
    const at = row * WIDTH;
    const values: Record<string, number | 'unknown'> = {};
    const worst: Record<string, number> = {};
    for (let m = 0; m < COUNT; m++) {
      const isUnknown = state.values[MEASURES[m]!] === 'unknown';
      values[MEASURES[m]!] = isUnknown ? 'unknown' : figures[at + m]!;
      const turned = figures[at + WORST + m]!;
      if (turned > Number.NEGATIVE_INFINITY) worst[MEASURES[m]!] = SIGN[m]! * turned;
    }
    figures.fill(Number.NEGATIVE_INFINITY, at + WORST, at + WORST + COUNT);
    const [equity, requirement] = [figures[at + CAPITAL_EQUITY]!, figures[at + CAPITAL_REQUIREMENT]!];
    const [best, before] = [figures[at + BEST]!, figures[at + BEFORE]!];
    return {
      ...state,
      values,
      atRisk: figures[at + AT_RISK]!,
      ...(state.episode ? { worst: worstOf(state.worst ?? {}, worst) } : {}),
      ...(Number.isNaN(equity) ? {} : { capital: { equity, requirement } }),
      bypass: {
        bucket: figures[at + BUCKET]!,
        ...(Number.isNaN(best) ? {} : { best }),
        ...(Number.isNaN(before) ? {} : { before }),
      },
    };
  }

  atRisk(state: SubjectState): number {
    const row = this.rows.get(state.subject);
    return row === undefined ? state.atRisk : this.figures[row * WIDTH + AT_RISK]!;
  }

  /** The newest value of a measure, NaN where there is none. */
  value(state: SubjectState, measure: PoolMeasure): number {
    const row = this.rows.get(state.subject);
    if (row !== undefined) return this.figures[row * WIDTH + MEASURES.indexOf(measure)]!;
    const value = state.values[measure];
    return value === undefined || value === 'unknown' ? Number.NaN : Number(value);
  }
}
