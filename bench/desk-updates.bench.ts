/** Fills and deposits among ticks: 10,000 account updates a second on a desk of a million accounts, ten ticks a second. */
import type { KernelHost } from '../src/engine/kernel/kernel.ts';
import { amendAccounts, type Deposit, type Fill } from '../src/session/desk/amend.ts';
import { createDeskOf } from '../src/session/desk/desk-engine.ts';
import type { DeskState } from '../src/session/desk/desk-state.ts';
import { maintain } from '../src/session/desk/resort.ts';
import { tick } from '../src/session/desk/tick.ts';
import { createKernelHost } from '../src/transport/worker/kernel-host.ts';
import { venues } from '../src/venues/registry.ts';
import { createMarket, INSTRUMENTS, seeded, syntheticBook } from './desk-book.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';

const ACCOUNTS = 1_000_000;
const TICKS = 41;
const WARM_UP = 20;
const TICK_SECONDS = 0.1;
/** Those of a tenth of a second. */
const UPDATES = 1_000;
/** One in so many is a deposit, the others are fills. */
const DEPOSIT_EVERY = 10;
const VOLATILITY = 0.6;
/** Pools a pause between two ticks has time to sort. */
const PAUSE_POOLS = 50_000;

const timed = (run: () => void): number => {
  const start = performance.now();
  run();
  return performance.now() - start;
};

/** Random fills (size up or down by up to a tenth) and deposits (up to a hundredth). */
function updateSome(desk: DeskState, next: () => number): void {
  const { legs, count } = desk.columns;
  const used = desk.store.legUsed;
  const fills: Fill[] = [];
  const deposits: Deposit[] = [];
  for (let i = 0; i < UPDATES; i++) {
    if (i % DEPOSIT_EVERY === 0) {
      const row = Math.floor(next() * count);
      const amount = desk.store.balanceAmount[desk.store.balanceStart[row]!]!;
      deposits.push({ row, balance: 0, amount: Number((amount * (1 + 0.02 * (next() - 0.5))).toPrecision(8)) });
    } else {
      const leg = Math.floor(next() * used);
      const size = Number((legs.size[leg]! * (0.9 + 0.2 * next())).toPrecision(6));
      fills.push({ leg, size, entryPrice: legs.entryPrice[leg]! });
    }
  }
  amendAccounts(desk, fills, deposits);
}

export const updates: Bench = (report) => {
  const host = createKernelHost(false) as KernelHost | undefined;
  const desk = createDeskOf(syntheticBook(ACCOUNTS, 42), { rulesOf: (venue) => venues[venue]!.rules, ...(host ? { host } : {}) });
  const prices = desk.board.mark.slice();
  const market = createMarket(prices, 7);
  const next = seeded(11);
  const instruments = Uint32Array.from({ length: INSTRUMENTS }, (_, i) => i);
  const alone: number[] = [];
  const mixed: number[] = [];
  const changes: number[] = [];
  for (let i = 0; i < 2 * TICKS + WARM_UP; i++) {
    market.step(TICK_SECONDS, VOLATILITY, 0);
    const isMixed = i % 2 === 0;
    const changeMs = isMixed ? timed(() => updateSome(desk, next)) : 0;
    const tickMs = timed(() => void tick(desk, { instruments, marks: prices }));
    maintain(desk, PAUSE_POOLS);
    if (i < WARM_UP) continue;
    (isMixed ? mixed : alone).push(changeMs + tickMs);
    if (isMixed) changes.push(changeMs);
  }
  const each = changes.map((ms) => (ms * 1_000) / UPDATES);
  report({
    bench: 'desk',
    figure: 'updates',
    value: quantile(each, 0.5),
    unit: 'µs',
    against: `a tick alone; ours: a tick and ${UPDATES.toLocaleString('en')} account updates`,
    ratio: quantile(mixed, 0.5) / quantile(alone, 0.5),
    runs: TICKS,
    spread: spreadOf(each),
    note: `one account update; at 10,000 a second beside ten ticks of 1,000,000 accounts ${quantile(changes, 0.5).toFixed(1)} % of one core; tick alone ${quantile(alone, 0.5).toFixed(2)} ms, with its updates ${quantile(mixed, 0.5).toFixed(2)} ms`,
  });
  return Promise.resolve();
};
