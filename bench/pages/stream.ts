/**
 * The stream that other tables are given: accounts of a few positions each, revalued at every tick, so that every row changes.
 * All of it is computed before the clock starts; a table is only handed finished figures.
 */

export const ROWS = 100_000;
/** Ticks that are prepared; they repeat. */
export const FRAMES = 8;
export const TICK_MS = 100;

export const STATES = ['healthy', 'watch', 'warning', 'margin-call', 'liquidation', 'bankrupt'] as const;

/** Figures of every row after one tick, by column. */
export interface Frame {
  readonly state: Uint8Array;
  readonly equity: Float64Array;
  readonly grossNotional: Float64Array;
  readonly leverage: Float64Array;
  readonly marginRatio: Float64Array;
  readonly marginExcess: Float64Array;
  readonly bufferShare: Float64Array;
}

const INSTRUMENTS = 200;
const POSITIONS = 5;
/** Maintenance requirement, a fraction of notional. */
const REQUIRED = 0.01;
/** One tick's move, a standard deviation: a basis point. */
const MOVE = 1e-4;

export const accountName = (row: number): string => `account-${String(row).padStart(6, '0')}`;

/** The same frames for the same seed. Leverage is lognormal about 4, equity about 5,000 with heavy tails. */
export function prepareFrames(rows = ROWS, seed = 42): Frame[] {
  const random = uniform(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const equity = new Float64Array(rows);
  const instrument = new Uint8Array(rows * POSITIONS);
  const size = new Float64Array(rows * POSITIONS);
  for (let row = 0; row < rows; row++) {
    equity[row] = 5_000 * Math.exp(2 * normal());
    const each = (equity[row]! * 4 * Math.exp(0.9 * normal())) / POSITIONS;
    for (let i = row * POSITIONS; i < (row + 1) * POSITIONS; i++) {
      instrument[i] = Math.floor(INSTRUMENTS * random() ** 3);
      size[i] = random() < 0.55 ? each : -each;
    }
  }
  const price = new Float64Array(INSTRUMENTS).fill(1);
  return Array.from({ length: FRAMES }, () => {
    for (let i = 0; i < INSTRUMENTS; i++) price[i]! *= Math.exp(MOVE * normal());
    return revalue(equity, instrument, size, price);
  });
}

function revalue(cash: Float64Array, instrument: Uint8Array, size: Float64Array, price: Float64Array): Frame {
  const rows = cash.length;
  const column = (): Float64Array<ArrayBuffer> => new Float64Array(rows);
  const frame = {
    state: new Uint8Array(rows),
    equity: column(),
    grossNotional: column(),
    leverage: column(),
    marginRatio: column(),
    marginExcess: column(),
    bufferShare: column(),
  };
  for (let row = 0; row < rows; row++) {
    let equity = cash[row]!;
    let notional = 0;
    for (let i = row * POSITIONS; i < (row + 1) * POSITIONS; i++) {
      const p = price[instrument[i]!]!;
      equity += size[i]! * (p - 1);
      notional += Math.abs(size[i]!) * p;
    }
    const maintenance = notional * REQUIRED;
    const ratio = maintenance / equity;
    frame.state[row] = equity < 0 ? 5 : Number(ratio >= 0.3) + Number(ratio >= 0.5) + Number(ratio >= 0.8) + Number(ratio > 1);
    frame.equity[row] = equity;
    frame.grossNotional[row] = notional;
    frame.leverage[row] = notional / equity;
    frame.marginRatio[row] = ratio;
    frame.marginExcess[row] = equity - maintenance;
    frame.bufferShare[row] = (equity - maintenance) / notional;
  }
  return frame;
}

/** Mulberry32: 0 ≤ x < 1. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the bench drives, on `window.subject`. */
export interface Subject {
  readonly ready: Promise<void>;
  readonly start: () => void;
  /** Updates that were shown since `start`. */
  readonly stop: () => number;
}

/** Calls `update` every tick; a tick that comes while the last update is still being taken in is left out. */
export function driven(ready: Promise<void>, update: (tick: number) => Promise<void>): Subject {
  let timer = 0;
  let tick = 0;
  let shown = 0;
  let isBusy = false;
  return {
    ready,
    start: () => {
      shown = 0;
      timer = window.setInterval(() => {
        if (isBusy) return;
        isBusy = true;
        void update(tick++).then(() => {
          isBusy = false;
          shown++;
        });
      }, TICK_MS);
    },
    stop: () => {
      window.clearInterval(timer);
      return shown;
    },
  };
}
