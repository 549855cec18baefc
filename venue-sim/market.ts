/** Prices that a stand-in tells: a seeded walk, the same for the same seed and number of steps. Invented, and said to be. */

export interface Quote {
  readonly base: string;
  /** Decimal text, as it goes into a frame; a fault may make it none. */
  readonly mark: string;
  readonly index: string;
  readonly last: string;
}

export interface Market {
  readonly bases: readonly string[];
  readonly quote: (base: string) => Quote;
  /** One step of the walk. */
  readonly step: () => void;
  /** For tests: a price from now on, whatever the walk says; undefined lets it go. */
  readonly hold: (base: string, price: number | undefined) => void;
}

/** Near the prices of the demo book; stablecoins at their peg. */
const START: Readonly<Record<string, number>> = {
  BTC: 116_600,
  ETH: 3_995,
  SOL: 205.3,
  BNB: 1_180,
  XRP: 2.677,
  DOGE: 0.2319,
  ADA: 0.7676,
  AVAX: 26.43,
  LINK: 20.5,
  LTC: 126.6,
  AAVE: 257.9,
  HYPE: 38,
  ARB: 0.31,
  PEPE: 0.0000065,
  USDC: 1,
  USDT: 1,
  DAI: 1,
  USDE: 1,
};
const STABLE: ReadonlySet<string> = new Set(['USDC', 'USDT', 'DAI', 'USDE']);

/** mulberry32: for invented prices it is enough. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Eight significant digits, plain. */
const text = (price: number): string => {
  const digits = Math.max(0, 7 - Math.floor(Math.log10(price)));
  return price.toFixed(Math.min(digits, 20));
};

export function createMarket(seed: number): Market {
  const random = randomOf(seed);
  const prices = new Map(Object.entries(START));
  const held = new Map<string, number>();
  return {
    bases: Object.keys(START),
    quote: (base) => {
      const price = held.get(base) ?? prices.get(base) ?? Number.NaN;
      return { base, mark: text(price), index: text(price * 1.0001), last: text(price * 0.9999) };
    },
    step: () => {
      for (const [base, price] of prices) {
        const spread = STABLE.has(base) ? 0.00002 : 0.0005;
        prices.set(base, price * (1 + spread * (random() + random() - 1)));
      }
    },
    hold: (base, price) => void (price === undefined ? held.delete(base) : held.set(base, price)),
  };
}
