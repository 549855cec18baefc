/** Hourly prices of a stream, for the correlation of its markets (rule DI-7 of docs/spec/distance.md): a ring of some days. */
import { correlationOf } from '../../engine/stress/correlation.ts';
import { type LivePrices, livePrice } from '../prices.ts';

const BAR_HOURS = 1;
const BAR_MS = BAR_HOURS * 3_600_000;
/** Thirty days: what is older weighs less than a sixth. */
const BARS_MAX = 720;
const MARKETS_MAX = 200;

export class Closes {
  private bar = Number.NaN;
  private readonly index = new Map<string, number>();
  private rows: number[][] = [];

  /** `prices`: as they stood before the update whose clock this is. An hour that passed without prices repeats the last ones. */
  take(prices: LivePrices, clockMs: number): void {
    if (!Number.isFinite(clockMs)) return;
    const bar = Math.floor(clockMs / BAR_MS);
    const isFirst = Number.isNaN(this.bar);
    if (bar === this.bar) return;
    const isBack = bar < this.bar;
    this.bar = bar;
    if (isFirst || isBack) return;
    for (const market of prices.keys())
      if (!this.index.has(market) && this.index.size < MARKETS_MAX) this.index.set(market, this.index.size);
    const row = Array.from({ length: this.index.size }, () => Number.NaN);
    for (const [market, at] of this.index) row[at] = livePrice(prices, market, 'mark')?.price.toNumber() ?? Number.NaN;
    this.rows = [...this.rows, row].slice(-BARS_MAX);
  }

  clear(): void {
    this.bar = Number.NaN;
    this.rows = [];
    this.index.clear();
  }

  /** Hours of returns that all these markets have; a market without prices of its own leaves the shipped history alone. */
  correlation(markets: readonly string[]): { readonly matrix: readonly (readonly number[])[]; readonly hours: number } {
    const known = markets.every((market) => this.index.has(market));
    const closes = known ? this.rows.map((row) => markets.map((market) => row[this.index.get(market)!] ?? Number.NaN)) : [];
    const whole = closes.filter((row) => row.every((price) => price > 0));
    return { matrix: correlationOf({ markets, closes: whole, barHours: BAR_HOURS }), hours: Math.max(0, whole.length - 1) * BAR_HOURS };
  }
}
