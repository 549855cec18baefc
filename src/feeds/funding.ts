/** Funding of perpetuals, as far as a simulated stream needs it. */

/** Fractions per funding interval. */
interface FundingTerms {
  readonly interestRate: number;
  readonly clampRate: number;
}

/** The terms most venues use: 0.01 % and ±0.05 % per 8 hours. */
const FUNDING_TERMS: FundingTerms = { interestRate: 0.0001, clampRate: 0.0005 };

/**
 * Funding rate of an interval, fraction, positive: longs pay (rule FD-25): F = P + clamp(I − P, ±c).
 * Flat at I while the premium P is within c of it.
 */
export const fundingRate = (premiumRate: number, { interestRate, clampRate }: FundingTerms = FUNDING_TERMS): number =>
  premiumRate + Math.min(Math.max(interestRate - premiumRate, -clampRate), clampRate);
