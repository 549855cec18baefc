/**
 * Aave's integers: wad (18 decimals), ray (27), basis points (4). Unsigned, as on chain; half-up unless the name says otherwise.
 * Rules AV-1, AV-2 of docs/spec/venues/aave-v3.md. Source: aave-dao/aave-v3-origin@fd1fbd91, libraries/math.
 */
export const WAD = 10n ** 18n;
export const RAY = 10n ** 27n;
export const BASIS_POINTS = 10_000n;

const HALF_RAY = RAY / 2n;
const HALF_BASIS_POINTS = BASIS_POINTS / 2n;

/** ⌈a × b ÷ c⌉. */
export const mulDivCeil = (a: bigint, b: bigint, c: bigint): bigint => (a * b + c - 1n) / c;

/** a × 1e18 ÷ b, half up. */
export const wadDiv = (a: bigint, b: bigint): bigint => (a * WAD + b / 2n) / b;

/** a × b ÷ 1e27, half up. */
export const rayMul = (a: bigint, b: bigint): bigint => (a * b + HALF_RAY) / RAY;
/** ⌊a × b ÷ 1e27⌋. */
export const rayMulFloor = (a: bigint, b: bigint): bigint => (a * b) / RAY;
/** ⌈a × b ÷ 1e27⌉. */
export const rayMulCeil = (a: bigint, b: bigint): bigint => mulDivCeil(a, b, RAY);

/** value × bps ÷ 1e4, half up. */
export const percentMul = (value: bigint, bps: bigint): bigint => (value * bps + HALF_BASIS_POINTS) / BASIS_POINTS;
/** ⌊value × bps ÷ 1e4⌋. */
export const percentMulFloor = (value: bigint, bps: bigint): bigint => (value * bps) / BASIS_POINTS;
/** ⌈value × bps ÷ 1e4⌉. */
export const percentMulCeil = (value: bigint, bps: bigint): bigint => mulDivCeil(value, bps, BASIS_POINTS);
/** value × 1e4 ÷ bps, half up. */
export const percentDiv = (value: bigint, bps: bigint): bigint => (value * BASIS_POINTS + bps / 2n) / bps;
/** ⌊value × 1e4 ÷ bps⌋. */
export const percentDivFloor = (value: bigint, bps: bigint): bigint => (value * BASIS_POINTS) / bps;
/** ⌈value × 1e4 ÷ bps⌉. */
export const percentDivCeil = (value: bigint, bps: bigint): bigint => mulDivCeil(value, BASIS_POINTS, bps);
