/** Weeks of a leveraged long on given prices, as readings: the stream that rule sets are compared on (rule BT-6 of docs/spec/back-test.md). */
import { sigmaDistance, touchProbability24h } from '../../engine/first-passage/touch-law.ts';
import { dailyVolatility, type VolatilityEstimate, warmStart, withPrice } from '../../engine/volatility/stream.ts';
import type { Reading } from '../alarms/events.ts';
import type { BackTestLook } from './back-test.ts';

const WEEK_MS = 7 * 86_400_000;
/** Prices run for so long before the first week: what the volatility is learnt from. */
const WARM_UP_MS = 4 * WEEK_MS;
/** A Monday, 00:00 UTC. */
const FIRST_WEEK_MS = 1_767_571_200_000;
const MAINTENANCE = 0.005;

/** An isolated long opened at `entry`: its liquidation price, and its reading at a price. */
export function longAt(entry: number, leverage: number, account: string, market: string) {
  const level = (entry * (1 - 1 / leverage)) / (1 - MAINTENANCE);
  const subject = { kind: 'pool', account, pool: 'isolated', venue: 'simulated', markets: [market] } as const;
  const reading = (price: number, volatility: number): Reading => {
    const distance = sigmaDistance(price, level, volatility, 1);
    const equity = entry / leverage + price - entry;
    return {
      subject,
      values: {
        sigmaDistance: distance,
        liquidationProbability24h: touchProbability24h(distance),
        marginRatio: equity > 0 ? (MAINTENANCE * price) / equity : Number.NaN,
      },
      knowledge: 'known',
      venueState: price > level ? 'open' : 'liquidation',
    };
  };
  return { level, subject, reading };
}

export interface WeeklyLongs {
  readonly weeks: number;
  readonly leverage: number;
  /** Between two prices; a whole share of a week. */
  readonly stepMs: number;
  /** Between two looks: whole steps. The venue looks at every price. */
  readonly lookMs: number;
  /** Behind the names of the accounts: `week 3 of seed 7`. */
  readonly suffix?: string;
}

/**
 * BT-6: every week a long of the given leverage is opened at the price of the hour, isolated, maintenance 0.5 %; a week whose price reaches
 * the liquidation price ends there. Every week is an account of its own. `nextPrice` walks BTC, one step a call.
 */
export function* weeklyLongs(
  { weeks, leverage, stepMs, lookMs, suffix = '' }: WeeklyLongs,
  nextPrice: () => number,
): Generator<BackTestLook> {
  let timeMs = FIRST_WEEK_MS - WARM_UP_MS;
  let estimate: VolatilityEstimate = warmStart('BTC');
  const step = (): number => {
    const price = nextPrice();
    timeMs += stepMs;
    estimate = withPrice(estimate, timeMs, price);
    return price;
  };
  let price = 1;
  for (let i = 0; i < WARM_UP_MS / stepMs; i++) price = step();
  for (let week = 0; week < weeks; week++) {
    const long = longAt(price, leverage, `week ${week}${suffix}`, 'BTC');
    let isOpen = true;
    for (let passedMs = stepMs; passedMs <= WEEK_MS; passedMs += stepMs) {
      price = step();
      if (!isOpen) continue;
      isOpen = price > long.level;
      if (isOpen && passedMs % lookMs !== 0) continue;
      yield { timeMs, readings: [long.reading(price, dailyVolatility(estimate))] };
    }
    yield { timeMs, readings: [], removed: [long.subject] };
  }
}
