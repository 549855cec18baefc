/** What `stress` says, as plain JSON: decimals as strings, no number as null with its reason beside it. Rules ST-5, ST-7, ST-9. */

import type { Outcome } from '../domain/outcome.ts';
import { REASONS } from '../domain/outcome.ts';
import type { Decimal } from '../domain/units.ts';
import type { Feedback } from '../engine/cascade/feedback.ts';
import type { ByMarket, Cascade, CascadeRound, Unjudged } from '../engine/cascade/types.ts';
import type { ShortestShock } from '../engine/stress/types.ts';

type Json = string | number | null | readonly Json[] | { readonly [key: string]: Json };

/** Digits that are printed: beyond any tolerance, short of the engine's own rounding. */
const DIGITS = 30;
/** Beyond this many places a number is written with an exponent. */
const PLACES_MAX = 60;

/** A decimal without an exponent while it is readable so. */
export function decimalText(value: Decimal): string {
  const rounded = value.toSignificantDigits(DIGITS);
  if (rounded.isZero()) return '0';
  return Math.abs(rounded.e) <= PLACES_MAX ? rounded.toFixed() : rounded.toString();
}

const numberText = (value: number): string => (Object.is(value, -0) ? '0' : String(value));

const marketObject = (values: ByMarket): Json => Object.fromEntries([...values].map(([market, value]) => [market, decimalText(value)]));

/** ST-5 */
export function cascadeJson(cascade: Cascade): Json {
  return {
    rounds: cascade.rounds,
    prices: marketObject(cascade.prices),
    closed: [...cascade.closed].sort(),
    liquidatedNotional: decimalText(cascade.liquidatedNotional),
    deficits: decimalText(cascade.deficits),
    insuranceFundEnd: decimalText(cascade.insuranceFundEnd),
    socialised: decimalText(cascade.socialised),
    uncovered: decimalText(cascade.uncovered),
    multiplier: Object.fromEntries(
      [...cascade.prices.keys()].map((market) => {
        const value = cascade.multiplier.get(market);
        return [market, value ? decimalText(value) : null];
      }),
    ),
    trace: cascade.trace.map(roundJson),
    deleveraged: cascade.funds.flatMap(({ fund, takers }) =>
      takers.map(({ account, taken }) => ({ account, taken: decimalText(taken), fund })),
    ),
    indeterminate: cascade.unjudged.map(unjudgedJson),
    end: cascade.end,
  };
}

const roundJson = ({ round, closed, prices, vwap, notional, deficits, funds }: CascadeRound): Json => ({
  round,
  closed,
  prices: marketObject(prices),
  vwap: marketObject(vwap),
  liquidatedNotional: decimalText(notional),
  deficits: decimalText(deficits),
  insuranceFund: decimalText(funds),
});

const unjudgedJson = ({ account, pool, reason, subject }: Unjudged): Json => ({
  account,
  pool,
  reason,
  ...(subject === undefined ? {} : { subject }),
  message: REASONS[reason],
});

/** ST-7 */
export const feedbackJson = (feedback: Feedback): Json => ({
  assets: feedback.markets,
  step: decimalText(feedback.step),
  G: feedback.matrix.map((row) => row.map(decimalText)),
  R: numberText(feedback.radius),
  right: feedback.right?.map(numberText) ?? null,
  left: feedback.left?.map(numberText) ?? null,
  indeterminate: feedback.unjudged.map(unjudgedJson),
});

const numbersByMarket = (values: ReadonlyMap<string, number>): Json =>
  Object.fromEntries([...values].map(([market, value]) => [market, numberText(value)]));

/** ST-9: of one account; null and the reason where there is no shortest shock. */
export const shortestShockJson = (account: string | undefined, found: Outcome<ShortestShock>): Json =>
  found.ok
    ? {
        ...(account === undefined ? {} : { account }),
        pool: found.value.pool,
        distance: numberText(found.value.distance),
        shock: numbersByMarket(found.value.shock),
        share: numbersByMarket(found.value.share),
      }
    : {
        ...(account === undefined ? {} : { account }),
        distance: null,
        shock: {},
        share: {},
        reason: found.reason,
        ...(found.subject === undefined ? {} : { subject: found.subject }),
        message: REASONS[found.reason],
      };
