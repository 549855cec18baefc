/**
 * Compound v3's integers (CO-4…CO-8 of docs/spec/venues/compound-v3.md): amounts in a token's smallest unit, prices with 8 decimals, factors
 * with 18, every product floored. Source: compound-finance/comet@d5a30b0a, contracts/Comet.sol.
 */
export const FACTOR = 10n ** 18n;
export const PRICE = 10n ** 8n;

export interface CometCollateral {
  readonly amount: bigint;
  /** 10 ^ decimals of the token. */
  readonly scale: bigint;
  readonly price: bigint;
}

export interface CometAccount {
  /** Present value of the base asset: negative is debt. */
  readonly base: bigint;
  readonly baseScale: bigint;
  readonly basePrice: bigint;
  readonly collateral: readonly CometCollateral[];
}

const mulFactor = (value: bigint, factor: bigint): bigint => (value * factor) / FACTOR;
const mulPrice = (amount: bigint, price: bigint, scale: bigint): bigint => (amount * price) / scale;

/** base × price + Σ ⌊⌊collateral × price⌋ × factor⌋, 8 decimals; the loop ends where it is 0 or more, as on chain. */
function liquidity({ base, baseScale, basePrice, collateral }: CometAccount, factor: (index: number) => bigint): bigint {
  let sum = mulPrice(base, basePrice, baseScale);
  for (const [i, { amount, price, scale }] of collateral.entries()) {
    if (sum >= 0n) return sum;
    sum += mulFactor(mulPrice(amount, price, scale), factor(i));
  }
  return sum;
}

/** In debt, and the collateral at its liquidation factors does not cover it; exactly covered is safe (CO-5). */
export const isLiquidatable = (account: CometAccount, liquidateCollateralFactor: (index: number) => bigint): boolean =>
  account.base < 0n && liquidity(account, liquidateCollateralFactor) < 0n;

/** Without debt, or the collateral at its borrow factors covers it; exactly covered is enough (CO-6). */
export const isBorrowCollateralized = (account: CometAccount, borrowCollateralFactor: (index: number) => bigint): boolean =>
  account.base >= 0n || liquidity(account, borrowCollateralFactor) >= 0n;

/**
 * The whole account absorbed (CO-7): base + Σ ⌊⌊collateral × price⌋ × liquidation factor⌋ ÷ base price, at least 0. What is missing the
 * protocol's reserves bear; what is left over stays as a balance.
 */
export function absorb(
  account: CometAccount,
  liquidationFactor: (index: number) => bigint,
): { readonly base: bigint; readonly basePaidOut: bigint } {
  const value = account.collateral.reduce(
    (sum, { amount, price, scale }, i) => sum + mulFactor(mulPrice(amount, price, scale), liquidationFactor(i)),
    0n,
  );
  const after = account.base + (value * account.baseScale) / account.basePrice;
  const base = after < 0n ? 0n : after;
  return { base, basePaidOut: base - account.base };
}

/**
 * Collateral that the protocol sells for `baseAmount` (CO-8): base value ÷ (price × (1 − store front factor × (1 − liquidation factor))), floored.
 */
export function quoteCollateral(
  baseAmount: bigint,
  base: { readonly price: bigint; readonly scale: bigint },
  asset: { readonly price: bigint; readonly scale: bigint },
  storeFrontPriceFactor: bigint,
  liquidationFactor: bigint,
): bigint {
  const discount = mulFactor(storeFrontPriceFactor, FACTOR - liquidationFactor);
  const price = mulFactor(asset.price, FACTOR - discount);
  return (base.price * baseAmount * asset.scale) / price / base.scale;
}
