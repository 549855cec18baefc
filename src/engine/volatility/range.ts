/**
 * Volatility of a few bars from their extremes (rule VO-5): shown as a check beside the average, since the extremes see the wick
 * that liquidates and closes do not. All per the square root of one bar; multiply by √(bars a year) for a year.
 *
 * Sources: Parkinson (1980), Garman and Klass (1980), Rogers and Satchell (1991), Yang and Zhang (2000).
 */

/** Prices of one bar, > 0, low ≤ open, close ≤ high. */
export interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

const square = (x: number): number => x * x;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Unbiased: ÷ (n − 1). NaN of fewer than two. */
const sampleVariance = (values: readonly number[]): number => {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + square(value - centre), 0) / (values.length - 1);
};

/** Sample standard deviation of ln(C ÷ C of the bar before). NaN of fewer than three bars. */
export const closeToCloseVolatility = (bars: readonly Bar[]): number =>
  Math.sqrt(sampleVariance(bars.slice(1).map((bar, i) => Math.log(bar.close / bars[i]!.close))));

/** √(mean ln²(H ÷ L) ÷ (4 ln 2)): five times as efficient as closes, blind to drift, raised by wicks. */
export const parkinsonVolatility = (bars: readonly Bar[]): number =>
  Math.sqrt(mean(bars.map(({ high, low }) => square(Math.log(high / low)))) / (4 * Math.LN2));

/** √ mean(½ ln²(H ÷ L) − (2 ln 2 − 1) ln²(C ÷ O)). */
export const garmanKlassVolatility = (bars: readonly Bar[]): number =>
  Math.sqrt(
    mean(bars.map(({ open, high, low, close }) => square(Math.log(high / low)) / 2 - (2 * Math.LN2 - 1) * square(Math.log(close / open)))),
  );

const rogersSatchellVariance = (bars: readonly Bar[]): number =>
  mean(
    bars.map(({ open, high, low, close }) => Math.log(high / close) * Math.log(high / open) + Math.log(low / close) * Math.log(low / open)),
  );

/** √ mean(ln(H ÷ C) ln(H ÷ O) + ln(L ÷ C) ln(L ÷ O)): drift does not disturb it. */
export const rogersSatchellVolatility = (bars: readonly Bar[]): number => Math.sqrt(rogersSatchellVariance(bars));

/** Weight of the open-to-close part of `yangZhangVolatility` over n bars: 0.34 ÷ (1.34 + (n + 1) ÷ (n − 1)). */
export const yangZhangWeight = (count: number): number => 0.34 / (1.34 + (count + 1) / (count - 1));

/**
 * √(V_open + k·V_close + (1 − k)·V_RS): V_open of ln(O ÷ C of the bar before), V_close of ln(C ÷ O), V_RS Rogers and Satchell's, over
 * every bar but the first, which only lends its close. NaN of fewer than three bars.
 */
export const yangZhangVolatility = (bars: readonly Bar[]): number => {
  const used = bars.slice(1);
  const k = yangZhangWeight(used.length);
  const overnight = sampleVariance(used.map((bar, i) => Math.log(bar.open / bars[i]!.close)));
  const openToClose = sampleVariance(used.map(({ open, close }) => Math.log(close / open)));
  return Math.sqrt(overnight + k * openToClose + (1 - k) * rogersSatchellVariance(used));
};
