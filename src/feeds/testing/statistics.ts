/** Sample statistics for tests of the simulated stream; population moments (divided by n). */

export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

const centralMoment = (values: readonly number[], power: number): number => {
  const centre = mean(values);
  return mean(values.map((x) => (x - centre) ** power));
};

export const excessKurtosis = (values: readonly number[]): number => centralMoment(values, 4) / centralMoment(values, 2) ** 2 - 3;

export const correlation = (a: readonly number[], b: readonly number[]): number => {
  const [centreA, centreB] = [mean(a), mean(b)];
  const covariance = mean(a.map((x, i) => (x - centreA) * (b[i]! - centreB)));
  return covariance / Math.sqrt(centralMoment(a, 2) * centralMoment(b, 2));
};

/** Correlation of x with y `lag` later. */
export const laggedCorrelation = (x: readonly number[], y: readonly number[], lag: number): number =>
  correlation(x.slice(0, -lag), y.slice(lag));

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
