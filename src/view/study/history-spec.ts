/** What the history panels ask the studies: samples of a range, positions, trades. Choosing, no figures. */
import type { AccountView, CostMethodName, JournalHistory, PerformanceSpec, TradeRecord } from '../../store/types.ts';
import { heldOf } from './session-trades.ts';

export type Range = 'hour' | 'day' | 'all';
export const RANGES: readonly (readonly [Range, string])[] = [
  ['hour', 'Hour'],
  ['day', 'Day'],
  ['all', 'All'],
];
const SPAN_MS: Readonly<Record<Range, number>> = { hour: 3_600_000, day: 86_400_000, all: Number.POSITIVE_INFINITY };
/** The first and the last instant of the calendar. */
const EVER_MS = 8.64e15;

/** From and to, by the clock of the prices; all there is where no clock runs. */
export const boundsOf = (range: Range, clockMs: number): { readonly fromMs: number; readonly toMs: number } =>
  range === 'all' || !Number.isFinite(clockMs)
    ? { fromMs: -EVER_MS, toMs: EVER_MS }
    : { fromMs: Math.max(-EVER_MS, clockMs - SPAN_MS[range]), toMs: EVER_MS };

export interface HistoryChoices {
  readonly method: CostMethodName;
  /** Per cent every eight hours, as typed. */
  readonly funding: string;
  readonly tradesCsv: string;
}

const EIGHT_HOURS_MS = 8 * 3_600_000;
const NOTHING = new Float64Array(0);
const NO_SAMPLES: PerformanceSpec['samples'] = {
  timeMs: NOTHING,
  equityText: [],
  cashFlowText: [],
  leverage: NOTHING,
  shock: NOTHING,
  isGap: new Uint8Array(0),
  fundingText: [],
  fundingOf: [],
  fundingPerHourText: [],
};

/** Per cent as a fraction, decimal text; what is no number goes to the studies as it is, which say so. */
export const fractionOf = (percent: string): string => {
  const text = percent.trim();
  return text !== '' && Number.isFinite(Number(text)) ? (Number(text) / 100).toFixed(14) : text;
};

export const specOf = (
  account: AccountView,
  history: JournalHistory | null,
  trades: readonly TradeRecord[],
  { method, funding, tradesCsv }: HistoryChoices,
): PerformanceSpec => ({
  samples: history
    ? {
        timeMs: history.timeMs,
        equityText: history.equityText,
        cashFlowText: history.cashFlowText,
        leverage: history.leverage,
        shock: history.shock,
        isGap: history.isGap,
        fundingText: history.fundingText,
        fundingOf: history.fundingOf,
        fundingPerHourText: history.fundingPerHourText,
      }
    : NO_SAMPLES,
  positions: heldOf(account).map(({ instrument, contract, contractSize, size, markPrice }) => ({
    instrument,
    contract,
    contractSize,
    size,
    markPrice,
  })),
  marginExcess: account.cells.marginExcess.text,
  unit: account.unit,
  trades,
  tradesCsv,
  method,
  fundingRate: fractionOf(funding),
  fundingIntervalMs: EIGHT_HOURS_MS,
});
