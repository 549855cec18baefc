/**
 * What changed in Aave v3 from release to release, as switches. A pool runs one release at a time; the roundings differ in the last digits.
 * Rules AV-3…AV-5 of docs/spec/venues/aave-v3.md. Source: tags v3.1.0…v3.6.0 and fd1fbd91 (v3.7) of aave-dao/aave-v3-origin.
 */
export const PROTOCOL_VERSIONS = ['v3.2', 'v3.3', 'v3.4', 'v3.5', 'v3.7'] as const;
/** The release that introduced a behaviour; v3.2 stands for v3.0 to v3.2, v3.5 also for v3.6. */
export type ProtocolVersion = (typeof PROTOCOL_VERSIONS)[number];

export interface ProtocolRules {
  /** scaled balance × index: half up; since v3.5 supplies down and debts up, and debt values up. */
  readonly balanceRounding: 'half-up' | 'for-the-pool';
  /** Health factor from the floored average threshold, or (v3.5) from the weighted sum itself. */
  readonly healthFactorFrom: 'average-threshold' | 'weighted-sum';
  /** Debt index between updates: three terms of the binomial, or (v3.4) of the exponential series. */
  readonly compounding: 'binomial' | 'exponential-series';
  /** 50 % of the reserve's debt above a health factor of 0.95; since v3.3 of the total, whole below $2000, and no dust may stay. */
  readonly closeFactorOf: 'reserve-debt' | 'total-debt';
  /** Rounding of the debt that all of the collateral repays: half up, since v3.5 up. */
  readonly shortfallRounding: 'half-up' | 'up';
  /** Rounding of seized collateral and protocol fee: half up, since v3.7 against the liquidator. */
  readonly seizureRounding: 'half-up' | 'for-the-pool';
}

const V3_2: ProtocolRules = {
  balanceRounding: 'half-up',
  healthFactorFrom: 'average-threshold',
  compounding: 'binomial',
  closeFactorOf: 'reserve-debt',
  shortfallRounding: 'half-up',
  seizureRounding: 'half-up',
};
const V3_3: ProtocolRules = { ...V3_2, closeFactorOf: 'total-debt' };
const V3_4: ProtocolRules = { ...V3_3, compounding: 'exponential-series' };
const V3_5: ProtocolRules = { ...V3_4, balanceRounding: 'for-the-pool', healthFactorFrom: 'weighted-sum', shortfallRounding: 'up' };
const V3_7: ProtocolRules = { ...V3_5, seizureRounding: 'for-the-pool' };

export const protocolRules: Readonly<Record<ProtocolVersion, ProtocolRules>> = {
  'v3.2': V3_2,
  'v3.3': V3_3,
  'v3.4': V3_4,
  'v3.5': V3_5,
  'v3.7': V3_7,
};

/** The newest release read for these rules. */
export const LATEST_VERSION: ProtocolVersion = 'v3.7';
