/**
 * The exact path over a book, beside any desk: the book's own accounts at exact prices through the decimal engine. Every
 * sixteenth answer comes from a whole assessment with the policy's word for it, the others from the sums that decide alone.
 */
import type { Book } from '../../../domain/book.ts';
import type { Decimal } from '../../../domain/units.ts';
import { assessAccount } from '../../../engine/assess.ts';
import { RISK_STATES } from '../../../engine/kernel/columns.ts';
import type { KernelHost } from '../../../engine/kernel/kernel.ts';
import { resolveAccount } from '../../../engine/resolve.ts';
import { riskState, SEVERITY } from '../../../policy/risk-state.ts';
import { createDesk } from '../desk-engine.ts';
import { exactPool } from '../exact-row.ts';
import type { PriceChanges } from '../price-board.ts';
import { type Comparison, compareTicks } from './against-exact.ts';
import { changesOf, replays, walk } from './price-walk.ts';
import { MARKETS, randomBook, rulesOf, seeded } from './random-books.ts';

const WHOLE_EVERY = 16;

export interface ExactPath {
  readonly move: (prices: ReadonlyMap<string, Decimal>) => void;
  /** State of the book's `index`-th account at the present prices, an index into `RISK_STATES`. */
  readonly codeOf: (index: number) => number;
}

export function createExactPath(book: Book): ExactPath {
  const instruments = new Map(book.instruments);
  const assets = new Map(book.assets);
  const now: Book = { ...book, instruments, assets };
  let answers = 0;
  return {
    move: (prices) => {
      for (const [id, instrument] of instruments) {
        const price = prices.get(instrument.base);
        if (price && instrument.markPrice) instruments.set(id, { ...instrument, markPrice: price });
      }
      for (const [symbol, asset] of assets) {
        const price = prices.get(symbol);
        if (price) assets.set(symbol, { ...asset, price });
      }
    },
    codeOf: (index) => {
      const account = book.accounts[index]!;
      const rules = rulesOf(account.venue);
      if (answers++ % WHOLE_EVERY === 0) return RISK_STATES.indexOf(riskState(assessAccount(account, now, rules)));
      let worst = 0;
      for (const pool of resolveAccount(account, now, rules).pools) {
        const { code } = exactPool(pool, rules);
        if (SEVERITY.indexOf(RISK_STATES[code]!) > SEVERITY.indexOf(RISK_STATES[worst]!)) worst = code;
      }
      return worst;
    },
  };
}

/** One run of the proof: a book of its own and prices for it. */
export interface Scene {
  readonly name: string;
  readonly seed: number;
  readonly accounts: number;
  readonly ticks: Iterable<ReadonlyMap<string, Decimal>>;
  /** Where absent the plain kernel runs. */
  readonly host?: KernelHost | undefined;
}

/** Runs a scene, with so much upkeep after each tick that blocks are put into order again and again. */
export function runScene({ seed, accounts, ticks, host }: Scene): Comparison {
  const book = randomBook(seeded(seed), { accounts, edgeShare: 0.25 });
  const desk = createDesk(book, { rulesOf, ...(host ? { host } : {}) });
  const path = createExactPath(book);
  function* changes(): Generator<PriceChanges> {
    for (const prices of ticks) {
      path.move(prices);
      yield changesOf(desk.board, prices);
    }
  }
  return compareTicks(desk, changes(), 1024, (row) => path.codeOf(desk.columns.accounts.source[row]!));
}

/** A walk of the books' markets: each of a `share` of them moves by about `sigma` a tick. */
export function* walkTicks(seed: number, sigma: number, share: number, count: number): Generator<ReadonlyMap<string, Decimal>> {
  const next = seeded(seed);
  const prices = new Map(Object.entries(MARKETS));
  for (let t = 0; t < count; t++) yield walk(next, prices, sigma, share);
}

/** The recorded crashes: their moves, from the prices that the books are made for. Put together into `most` ticks at most. */
export function crashTicks(most = Number.POSITIVE_INFINITY): { name: string; ticks: ReadonlyMap<string, Decimal>[] }[] {
  return replays().map(({ name, ticks }) => {
    const first = new Map<string, Decimal>();
    const moved = ticks.map((prices) => {
      const own = new Map<string, Decimal>();
      for (const [market, price] of prices) {
        const base = market === 'PEPE' ? 'kPEPE' : market;
        const start = MARKETS[base];
        if (start === undefined) continue;
        if (!first.has(base)) first.set(base, price);
        own.set(base, price.div(first.get(base)!).times(start).toSignificantDigits(7));
      }
      return own;
    });
    const step = Math.max(1, Math.ceil(moved.length / most));
    const count = Math.ceil(moved.length / step);
    const joined = Array.from({ length: count }, (_, i) => new Map(moved.slice(i * step, (i + 1) * step).flatMap((own) => [...own])));
    return { name, ticks: joined };
  });
}
