/** Weeks of a leveraged long on simulated prices, as readings: the streams that rule sets are tried on. */
import { Decimal } from '../../../domain/units.ts';
import { sigmaDistance, touchProbability24h } from '../../../engine/first-passage/touch-law.ts';
import { dailyVolatility, type VolatilityEstimate, warmStart, withPrice } from '../../../engine/volatility/stream.ts';
import { createPriceModel } from '../../../feeds/price-model.ts';
import type { Reading } from '../../alarms/events.ts';
import { type AlarmRule, type AlarmRules, DEFAULT_FLOOD } from '../../alarms/rules.ts';
import type { BackTestLook } from '../back-test.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
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

export interface WeeksOptions {
  readonly seed: number;
  readonly weeks: number;
  readonly leverage: number;
  /** Between two prices. */
  readonly stepMs: number;
  /** Between two looks: whole steps. The venue looks at every price. */
  readonly lookMs: number;
}

/**
 * BTC, normal regime: every week a long of the given leverage is opened at the price of the hour, isolated, maintenance 0.5 %; a week whose
 * price reaches the liquidation price ends there. Every week is an account of its own. Prices run for four weeks before the first.
 */
export function* simulatedWeeks({ seed, weeks, leverage, stepMs, lookMs }: WeeksOptions): Generator<BackTestLook> {
  const model = createPriceModel(seed, 'normal', stepMs);
  let timeMs = Date.UTC(2026, 0, 5) - 4 * WEEK;
  let estimate: VolatilityEstimate = warmStart('BTC');
  const step = (): number => {
    model.step();
    timeMs += stepMs;
    const price = Math.exp(model.logReturns[0]!);
    estimate = withPrice(estimate, timeMs, price);
    return price;
  };
  let price = 1;
  for (let i = 0; i < (4 * WEEK) / stepMs; i++) price = step();
  for (let week = 0; week < weeks; week++) {
    const long = longAt(price, leverage, `week ${week}`, 'BTC');
    let isOpen = true;
    for (let passedMs = stepMs; passedMs <= WEEK; passedMs += stepMs) {
      price = step();
      if (!isOpen) continue;
      isOpen = price > long.level;
      if (isOpen && passedMs % lookMs !== 0) continue;
      yield { timeMs, readings: [long.reading(price, dailyVolatility(estimate))] };
    }
    yield { timeMs, readings: [], removed: [long.subject] };
  }
}

/** Thresholds at 5, 4, 3 and 2σ, cleared `deadband` σ further out, after `onDelayMs`. */
export function sigmaRules(deadband: string, onDelayMs: number, bypass?: AlarmRules['bypass']): AlarmRules {
  const rule = (sigma: number, severity: AlarmRule['severity']): AlarmRule => ({
    id: `${sigma}σ`,
    scope: { kind: 'all' },
    measure: 'sigmaDistance',
    severity,
    arm: new Decimal(sigma),
    clear: new Decimal(sigma).plus(deadband),
    onDelayMs,
    offDelayMs: 0,
    cooldownMs: 0,
    channel: 'page',
  });
  return {
    format: 'alarm-rules/1',
    rules: [rule(5, 'watch'), rule(4, 'watch'), rule(3, 'warning'), rule(2, 'margin-call')],
    ...(bypass ? { bypass } : {}),
    marginCall: { clockMs: 0, venueClockMs: {} },
    flood: { ...DEFAULT_FLOOD, start: 1e9 },
    escalateAfterMs: 0,
    gapMs: WEEK,
  };
}
