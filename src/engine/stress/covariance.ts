/** The matrix of a shock model, read and factored: Σ = L·Lᵀ. Rule DI-2 of docs/spec/distance.md. */
import { type Fault, InputError, pointerSegment } from '../../domain/fault.ts';
import type { Market, ShockModel } from './types.ts';

/** A pivot below this is rounding of 0: two markets that move as one. */
const NIL = 1e-12;
/** What rounding of the given correlations may leave below 0. */
const ROUNDING = 1e-9;

export interface Covariance {
  readonly markets: readonly Market[];
  readonly sigma: readonly number[];
  /** L: one row a market, one column an independent source; z = L·u with u standard normal. */
  readonly factor: readonly (readonly number[])[];
}

/** Throws `InputError` with pointers into `{ sigma, correlation }`: σ below 0 or no number, unknown or contradicting pairs, no correlation matrix. */
export function covarianceOf(model: ShockModel): Covariance {
  const markets = [...model.sigma.keys()];
  const index = new Map(markets.map((market, i) => [market, i]));
  const faults: Fault[] = [];
  for (const [market, value] of model.sigma)
    if (!(value >= 0 && Number.isFinite(value)))
      faults.push({ pointer: `/sigma${pointerSegment(market)}`, message: `expected a fraction of 0 or more, found ${value}` });
  const matrix: number[][] = markets.map((_, i) => markets.map((__, j) => (i === j ? 1 : 0)));
  const given = new Set<string>();
  model.correlation.forEach(([a, b, value], n) => {
    const [i, j] = [index.get(a), index.get(b)];
    const fault = pairFault(a, b, value, i, j);
    if (fault) faults.push({ pointer: `/correlation/${n}${fault.at}`, message: fault.message });
    else if (i !== undefined && j !== undefined) {
      const key = i < j ? `${i}:${j}` : `${j}:${i}`;
      if (given.has(key) && matrix[i]![j] !== value)
        faults.push({ pointer: `/correlation/${n}`, message: `${a} and ${b} are named twice` });
      given.add(key);
      matrix[i]![j] = value;
      matrix[j]![i] = value;
    }
  });
  if (faults.length > 0) throw new InputError(faults);
  const failing = notPositive(matrix);
  if (failing !== undefined) throw new InputError([{ pointer: pairOf(model, index, failing), message: contradiction(markets[failing]!) }]);
  const sigma = markets.map((market) => model.sigma.get(market) as number);
  return { markets, sigma, factor: factorOf(matrix).map((row, i) => row.map((value) => value * sigma[i]!)) };
}

const contradiction = (market: Market): string =>
  `these correlations cannot hold together: with ${market} the matrix is not positive semidefinite`;

function pairFault(a: Market, b: Market, value: number, i: number | undefined, j: number | undefined) {
  if (i === undefined) return { at: '/0', message: `no σ is given for ${a}` };
  if (j === undefined) return { at: '/1', message: `no σ is given for ${b}` };
  if (!(value >= -1 && value <= 1)) return { at: '/2', message: `expected a correlation from -1 to 1, found ${value}` };
  return i === j && value !== 1 ? { at: '/2', message: 'a market moves as itself: its correlation with itself is 1' } : undefined;
}

/** The last pair that ties the failing market to one before it. */
function pairOf(model: ShockModel, index: ReadonlyMap<Market, number>, failing: number): string {
  const at = model.correlation.findLastIndex(([a, b]) => {
    const [i, j] = [index.get(a)!, index.get(b)!];
    return Math.max(i, j) === failing && i !== j;
  });
  return at < 0 ? '/correlation' : `/correlation/${at}`;
}

/** The first market with which the leading matrix is not positive semidefinite, by elimination in the order given. */
function notPositive(matrix: readonly (readonly number[])[]): number | undefined {
  const rest = matrix.map((row) => [...row]);
  for (let k = 0; k < rest.length; k++) {
    const pivot = rest[k]![k]!;
    if (pivot < -ROUNDING) return k;
    for (let i = k + 1; i < rest.length; i++) {
      const lead = rest[i]![k]!;
      if (pivot <= NIL) {
        if (Math.abs(lead) > Math.sqrt(ROUNDING)) return i;
        continue;
      }
      for (let j = k + 1; j < rest.length; j++) rest[i]![j]! -= (lead * rest[k]![j]!) / pivot;
    }
  }
  return undefined;
}

/** Cholesky factor of a positive semidefinite matrix; a column of a market that others already determine is left out. */
function factorOf(matrix: readonly (readonly number[])[]): number[][] {
  const rows: number[][] = matrix.map(() => []);
  const columns: number[][] = [];
  for (let k = 0; k < matrix.length; k++) {
    const residual = (i: number): number => columns.reduce((sum, column) => sum - column[i]! * column[k]!, matrix[i]![k]!);
    const pivot = residual(k);
    if (pivot <= NIL) continue;
    const root = Math.sqrt(pivot);
    columns.push(matrix.map((_, i) => (i < k ? 0 : residual(i) / root)));
  }
  rows.forEach((row, i) => {
    for (const column of columns) row.push(column[i]!);
  });
  return rows;
}
