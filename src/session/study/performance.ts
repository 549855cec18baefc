/** How the account did, from what was kept of it (rules SY-9 to SY-16 of docs/spec/study.md): every figure with its working or a reason. */
import { type Fault, InputError } from '../../domain/fault.ts';
import { Decimal, ZERO } from '../../domain/units.ts';
import { fundingPerHour, hoursToLiquidationByFunding, yearlyFundingRate } from '../../engine/performance/carry.ts';
import { type CurvePoint, performanceOf, timeWeightedCurve, yearlyGrowth } from '../../engine/performance/returns.ts';
import { readTrades } from '../../formats/trades.ts';
import { readDecimal } from '../../wire/schema.ts';
import type { WorkingView } from '../protocol.ts';
import { type Basis, basisOf, tradesOf } from './basis.ts';
import type { PerformanceLines, PerformanceSamples, PerformanceSpec, PerformanceView } from './messages.ts';
import { thinned } from './thin.ts';

const DAYS_PER_YEAR = 365;
const NO_NUMBER = Number.NaN;

type Term = WorkingView['terms'][number];

const term = (symbol: string, name: string, text: string, unit: string, origin: string, at = ''): Term => ({
  symbol,
  name,
  text,
  reason: text === '' ? 'unknown' : '',
  unit,
  origin,
  at,
});

const working = (figure: string, formula: string, rule: string, terms: readonly Term[], text: string, reason: string): WorkingView => ({
  figure,
  subject: 'account',
  formula,
  terms,
  tier: '',
  rounding: 'none: shown rounded',
  text,
  reason: text === '' ? reason : '',
  rule,
  sources: [],
});

const instant = (timeMs: number): string => new Date(timeMs).toISOString();
const float = (value: number): string => (Number.isFinite(value) ? new Decimal(value).toFixed() : '');

/** SY-9: samples whose equity is known, from the last movement of money that could not be valued on. */
interface Known {
  readonly places: readonly number[];
  readonly curve: readonly CurvePoint[];
  readonly flows: Decimal;
  /** Places in `samples`. */
  readonly from: number;
  readonly note: string;
}

function knownOf(samples: PerformanceSamples): Known {
  const { timeMs, equityText, cashFlowText } = samples;
  let from = 0;
  for (let i = 1; i < cashFlowText.length; i++) if (cashFlowText[i] === '') from = i;
  const places: number[] = [];
  let flows = ZERO;
  const moved: { timeMs: number; amount: number }[] = [];
  for (let i = from; i < timeMs.length; i++) {
    if (i > from && cashFlowText[i] !== '0' && cashFlowText[i] !== '') {
      const amount = new Decimal(cashFlowText[i]!);
      flows = flows.plus(amount);
      moved.push({ timeMs: timeMs[i]!, amount: amount.toNumber() });
    }
    if (equityText[i] !== '') places.push(i);
  }
  const curve = timeWeightedCurve(
    places.map((i) => ({ timeMs: timeMs[i]!, equity: Number(equityText[i]) })),
    moved,
  );
  const notes = [
    from > 0 ? `From ${instant(timeMs[from]!)} on: before it an edit changed the equity by an amount that is not known.` : '',
    curve.length < places.length && places.length > 0
      ? `Returns end at ${instant(timeMs[places[Math.max(0, curve.length - 1)]!]!)}: there is no return on an equity of zero or less.`
      : '',
  ];
  return { places, curve, flows, from, note: notes.filter((one) => one !== '').join(' ') };
}

/** PE-1 to PE-6, each with what it was made of. */
function returnFigures(samples: PerformanceSamples, known: Known, unit: string): WorkingView[] {
  const { places, curve, flows } = known;
  const { timeMs, equityText } = samples;
  const [first, last] = [places[0], places.at(-1)];
  const figures = performanceOf(curve);
  const index = curve.map((point) => point.index);
  const few = 'fewer than two samples are kept';
  const at = (place: number | undefined): string => (place === undefined ? '' : instant(timeMs[place]!));
  const equity = (place: number | undefined): string => (place === undefined ? '' : equityText[place]!);
  const peak = index.length === 0 ? NO_NUMBER : index.reduce((top, value) => Math.max(top, value));
  const end = index.at(-1) ?? NO_NUMBER;
  const years = figures.days / DAYS_PER_YEAR;
  const { depth, peak: from, trough } = figures.largestDrawdown;
  const growth = years > 0 ? yearlyGrowth(end, years) : NO_NUMBER;
  const isCurve = curve.length >= 2;
  const pointTerm = (symbol: string, name: string, place: number): Term =>
    term(symbol, name, float(index[place] ?? NO_NUMBER), '', 'time-weighted curve', curve[place] ? instant(curve[place].timeMs) : '');
  return [
    working(
      'totalReturn',
      'Π (equity at the end − flows) ÷ equity at the start − 1',
      'PE-1, PE-2',
      [
        term('E0', 'equity at the first sample', equity(first), unit, 'history', at(first)),
        term('E1', 'equity at the last sample', equity(last), unit, 'history', at(last)),
        term('F', 'deposits less withdrawals between them', flows.toFixed(), unit, 'history'),
        term('n', 'samples', String(places.length), '', 'history'),
      ],
      isCurve && figures.totalReturn.ok ? float(figures.totalReturn.value) : '',
      few,
    ),
    working(
      'presentDrawdown',
      'index now ÷ highest index − 1',
      'PE-3',
      [
        term('I', 'index now', float(end), '', 'time-weighted curve'),
        term('Imax', 'highest index', float(peak), '', 'time-weighted curve'),
      ],
      isCurve ? float(figures.presentDrawdown) : '',
      few,
    ),
    working(
      'largestDrawdown',
      'index at the trough ÷ index at the peak before it − 1',
      'PE-3',
      [pointTerm('Ip', 'index at the peak', from), pointTerm('It', 'index at the trough', trough)],
      isCurve ? float(depth) : '',
      few,
    ),
    working(
      'calmar',
      'growth a year ÷ |largest drawdown|; a year has 365 days',
      'PE-4, PE-5',
      [
        term('g', 'growth a year', float(growth), '', 'time-weighted curve'),
        term('d', 'largest drawdown', float(depth), '', 'time-weighted curve'),
        term('T', 'days', float(figures.days), 'days', 'history'),
      ],
      isCurve && figures.calmar.ok ? float(figures.calmar.value) : '',
      !isCurve ? few : depth === 0 ? 'there was no drawdown' : 'the samples span too little time for a growth a year',
    ),
  ];
}

/** PE-7 to PE-9 summed over instruments. */
function profitFigures({ rows, realizedPnl, unrealizedPnl, fees }: Basis, { method, unit }: PerformanceSpec): WorkingView[] {
  const missing = rows.length === 0 ? 'nothing was traded or is held' : 'of an instrument it is not known: see the table';
  const parts = (field: 'realizedPnl' | 'unrealizedPnl'): Term[] =>
    rows.map((row) => term(row.instrument, `${row.trades} trades`, row[field], unit, method));
  const shown = (value: Decimal | null): string => (value === null || rows.length === 0 ? '' : value.toFixed());
  return [
    working('realizedPnl', 'Σ closed size × (price − lot price)', 'PE-7', parts('realizedPnl'), shown(realizedPnl), missing),
    working('unrealizedPnl', 'Σ open size × (mark − lot price)', 'PE-8', parts('unrealizedPnl'), shown(unrealizedPnl), missing),
    working(
      'fees',
      'Σ fees of trades',
      'PE-7',
      rows.map((row) => term(row.instrument, `${row.trades} trades`, row.fees, unit, 'trades')),
      rows.length === 0 ? '' : fees.toFixed(),
      missing,
    ),
  ];
}

/** PE-16: what was recorded between the samples. What is not known is left out, and it is said. */
function accruedFigure({ fundingText, fundingOf, timeMs }: PerformanceSamples, unit: string): WorkingView {
  // Before the first sample nothing was seen.
  const later = fundingText.slice(1);
  const known = later.filter((text) => text !== '');
  const byInstrument = new Map<string, Decimal>();
  for (const one of fundingOf.slice(1))
    for (const [instrument, amount] of Object.entries(one ?? {}))
      byInstrument.set(instrument, (byInstrument.get(instrument) ?? ZERO).plus(amount));
  const sum = known.reduce((total, text) => total.plus(text), ZERO);
  const first = timeMs[0];
  return working(
    'fundingReceived',
    'Σ over funding times of −size × mark × rate, as the feed told them; + is received. It is not in the equity',
    'PE-10, PE-16',
    [
      ...[...byInstrument].map(([instrument, amount]) => term(instrument, 'received', amount.toFixed(), unit, 'history')),
      term('n', 'samples since which it is known', String(known.length), '', 'history', first === undefined ? '' : instant(first)),
      term('u', 'samples since which it is not: no rate was told, or nothing was seen', String(later.length - known.length), '', 'history'),
    ],
    known.length === 0 ? '' : sum.toFixed(),
    later.length === 0 ? 'fewer than two samples are kept' : 'the feed tells no funding rates of what is held',
  );
}

interface Carry {
  readonly perHour: Decimal | null;
  readonly terms: readonly Term[];
  readonly reason: string;
}

/** PE-10, PE-11 at a rate that was typed in. */
function carryAt(rate: Decimal, { positions, fundingIntervalMs, unit }: PerformanceSpec): Carry {
  const priced = positions.filter(({ size }) => size !== '');
  const isKnown = priced.every(
    ({ markPrice, contract, contractSize }) => markPrice !== '' && contract !== 'inverse' && contractSize !== '',
  );
  const perHour = isKnown
    ? fundingPerHour(
        priced.map(({ size, contractSize, markPrice }) => ({
          size: new Decimal(size).times(contractSize),
          markPrice: new Decimal(markPrice),
          fundingRate: rate,
          intervalMs: fundingIntervalMs,
        })),
      )
    : null;
  const terms = priced.map(({ instrument, size, contractSize, markPrice }) => {
    const isPriced = markPrice !== '' && contractSize !== '';
    const payment = isPriced ? new Decimal(size).times(contractSize).times(markPrice).times(rate).negated().toFixed() : '';
    return term(instrument, 'size × contract size × mark × rate', payment, unit, 'a funding time');
  });
  return {
    perHour,
    terms: [
      term('r', 'funding rate an interval', rate.toFixed(), '', 'given'),
      term('ra', 'the same a year, simple', yearlyFundingRate(rate, fundingIntervalMs).toFixed(), '', 'given'),
      ...terms,
    ],
    reason: 'a position has no mark price, or is inverse',
  };
}

/** PE-11 as the newest sample has it, at the rates that the feed told. */
function carryTold({ samples: { timeMs, fundingPerHourText } }: PerformanceSpec, unit: string): Carry {
  const text = fundingPerHourText.at(-1) ?? '';
  const at = timeMs.at(-1);
  return {
    perHour: text === '' ? null : new Decimal(text),
    terms: [term('f', 'funding an hour at the rates of the feed', text, unit, 'history', at === undefined ? '' : instant(at))],
    reason: 'the feed tells no funding rates of what is held, and none is given',
  };
}

/** PE-10 to PE-12, PE-16: what was paid, and how long the excess lasts by it alone; at a typed rate, where there is one. */
function carryFigures(spec: PerformanceSpec): WorkingView[] {
  const { fundingRate, marginExcess, unit, samples } = spec;
  const { perHour, terms, reason } = fundingRate === '' ? carryTold(spec, unit) : carryAt(decimalAt('/fundingRate', fundingRate), spec);
  const hours = perHour && marginExcess !== '' ? hoursToLiquidationByFunding(new Decimal(marginExcess), perHour) : null;
  return [
    accruedFigure(samples, unit),
    working('fundingPerHour', 'Σ −size × mark × rate ÷ interval; + is received', 'PE-10, PE-11', terms, perHour?.toFixed() ?? '', reason),
    working(
      'hoursToLiquidationByFunding',
      'margin excess ÷ what is paid an hour, prices and rates standing still',
      'PE-12',
      [term('M', 'margin excess', marginExcess, unit, 'account'), term('f', 'funding an hour', perHour?.toFixed() ?? '', unit, 'above')],
      hours?.ok ? hours.value.toFixed() : '',
      perHour === null ? reason : hours === null ? 'the margin excess is not known' : hours.ok ? '' : hours.reason,
    ),
  ];
}

function decimalAt(pointer: string, text: string): Decimal {
  const value = readDecimal(text);
  if (typeof value === 'string') throw new InputError([{ pointer, message: value }]);
  return value;
}

/** SY-11: the lines of the charts, thinned; a gap is a point without numbers between its sides. */
function linesOf(samples: PerformanceSamples, known: Known): PerformanceLines {
  const { timeMs, equityText, leverage, shock, isGap } = samples;
  const count = timeMs.length;
  const equity = Float64Array.from(equityText, (one) => (one === '' ? NO_NUMBER : Number(one)));
  const index = new Float64Array(count).fill(NO_NUMBER);
  const drawdown = new Float64Array(count).fill(NO_NUMBER);
  let top = Number.NEGATIVE_INFINITY;
  known.curve.forEach((point, k) => {
    const at = known.places[k]!;
    top = Math.max(top, point.index);
    index[at] = point.index;
    drawdown[at] = point.index / top - 1;
  });
  const buffer = shock.map((value) => Math.abs(value));
  const columns = { equity, index, drawdown, leverage, buffer };
  const kept = thinned(timeMs, Object.values(columns), isGap);
  const places = kept.flatMap((i) => (i > 0 && isGap[i] === 1 ? [-i, i] : [i]));
  const line = (values: Float64Array): Float64Array => Float64Array.from(places, (i) => (i < 0 ? NO_NUMBER : values[i]!));
  return {
    timeMs: Float64Array.from(places, (i) => (i < 0 ? (timeMs[-i - 1]! + timeMs[-i]!) / 2 : timeMs[i]!)),
    equity: line(equity),
    index: line(index),
    drawdown: line(drawdown),
    leverage: line(leverage),
    buffer: line(buffer),
  };
}

/** SY-9 to SY-16. Throws `InputError` with pointers into `tradesCsv` (`/tradesCsv/3/price`) or for a rate that is no number. */
export function performance(spec: PerformanceSpec): PerformanceView {
  const known = knownOf(spec.samples);
  const listed = spec.tradesCsv === '' ? [] : listedOf(spec.tradesCsv);
  const basis = basisOf(tradesOf(listed, spec.trades), spec);
  return {
    figures: [...returnFigures(spec.samples, known, spec.unit), ...profitFigures(basis, spec), ...carryFigures(spec)],
    lines: linesOf(spec.samples, known),
    basis: basis.rows,
    samples: spec.samples.timeMs.length,
    gaps: spec.samples.isGap.reduce((sum, one, i) => sum + (i > 0 ? one : 0), 0),
    note: known.note,
  };
}

function listedOf(text: string): ReturnType<typeof readTrades> {
  try {
    return readTrades(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.faults.map(({ pointer, message }): Fault => ({ pointer: `/tradesCsv${pointer}`, message })));
  }
}
