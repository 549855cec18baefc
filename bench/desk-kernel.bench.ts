/** The desk's engine in Node: certified ticks beside the full sweep, what they missed, ties, totals, building, account updates. */
import { Decimal } from '../src/domain/units.ts';
import type { KernelExports, KernelHost } from '../src/engine/kernel/kernel.ts';
import { createDeskOf } from '../src/session/desk/desk-engine.ts';
import type { DeskState } from '../src/session/desk/desk-state.ts';
import type { FlatBook } from '../src/session/desk/flat-book.ts';
import { maintain } from '../src/session/desk/resort.ts';
import { sweepAll, tick } from '../src/session/desk/tick.ts';
import { totals } from '../src/session/desk/totals.ts';
import { createKernelHost } from '../src/transport/worker/kernel-host.ts';
import { venues } from '../src/venues/registry.ts';
import { createMarket, seeded, syntheticBook } from './desk-book.ts';
import { createExactOracle, createSweepOracle, scaled, UNSURE } from './desk-oracle.ts';
import { type Bench, type BenchLine, interleave, quantile, spreadOf } from './harness.ts';

const ACCOUNTS = 1_000_000;
const SEED = 42;
/** Pools that upkeep between two ticks works on, about 5 ms. */
const UPKEEP = 20_000;
const CALM = 0.6;

const rulesOf = (venue: string) => venues[venue]!.rules;

function hostOf(): KernelHost {
  const host = createKernelHost(false);
  if (!host) throw new Error('This Node runs no WebAssembly vectors.');
  return host;
}

const deskOf = (flat: FlatBook): DeskState => createDeskOf(flat, { rulesOf, host: hostOf() });

const elapsed = (run: () => void): number => {
  const start = performance.now();
  run();
  return performance.now() - start;
};

/** A desk and the prices that move it. */
function scene(flat: FlatBook, seed: number) {
  const desk = deskOf(flat);
  const prices = desk.board.mark.slice();
  const market = createMarket(prices, seed);
  const instruments = Uint32Array.from(prices, (_, i) => i);
  const step = (volatility: number, drift: number): void => market.step(1, volatility, drift);
  const run = (): ReturnType<typeof tick> => tick(desk, { instruments, marks: prices });
  return { desk, prices, step, run };
}

type Scene = ReturnType<typeof scene>;

interface Series {
  readonly ticks: number[];
  readonly sweeps: number[];
  readonly upkeep: number[];
  readonly changes: number;
  readonly swept: number;
}

/** So many ticks, each timed, with a full sweep of the same prices after every `every`-th. */
function series({ desk, step, run }: Scene, count: number, volatility: number, drift: number, every: number): Series {
  const result = { ticks: [] as number[], sweeps: [] as number[], upkeep: [] as number[], changes: 0, swept: 0 };
  for (let t = 0; t < count; t++) {
    step(volatility, drift);
    const swept = desk.counters.blocksSwept;
    result.ticks.push(
      elapsed(() => {
        result.changes += run().rows.length;
      }),
    );
    result.swept += desk.counters.blocksSwept - swept;
    if (t % every === 0) {
      result.sweeps.push(
        elapsed(() => {
          if (sweepAll(desk).rows.length > 0) throw new Error('the sweep found what the tick missed');
        }),
      );
    }
    result.upkeep.push(elapsed(() => maintain(desk, UPKEEP)));
  }
  return result;
}

/** Certified ticks beside the full sweep: an hour of calm, a minute of −10 %, and what comes after. */
export const ticks: Bench = async (report) => {
  const flat = syntheticBook(ACCOUNTS, SEED);
  const built = scene(flat, 7);
  series(built, 60, CALM, 0, 10);
  const calm = series(built, 3600, CALM, 0, 10);
  const sweep = quantile(calm.sweeps, 0.5);
  const share = (s: Series): string => `${((100 * s.swept) / s.ticks.length / built.desk.blocks.used).toFixed(1)} % of the blocks`;
  const line = (figure: string, s: Series, q: number, against: number, goal: string, note: string): void =>
    report({
      bench: 'desk',
      figure,
      value: quantile(s.ticks, q),
      unit: 'ms',
      against: `a full sweep of all states on the same prices, ${against.toFixed(2)} ms`,
      ratio: quantile(s.ticks, q) / against,
      goal,
      runs: s.ticks.length,
      spread: spreadOf(s.ticks),
      note,
    });
  const upkeep = (s: Series): string =>
    `upkeep between ticks ${(s.upkeep.reduce((a, b) => a + b, 0) / s.upkeep.length).toFixed(2)} ms a tick`;
  line('tick-calm-median', calm, 0.5, sweep, '≤ 1/20', `${share(calm)} swept a tick, ${calm.changes} states changed; ${upkeep(calm)}`);
  line('tick-calm-p99', calm, 0.99, sweep, '≤ 1/4', 'the same series');
  const crash = series(built, 60, 6 * CALM, Math.log(0.9) / 60, 2);
  const after = series(built, 60, 3 * CALM, 0, 4);
  const quiet = series(built, 120, CALM, 0, 4);
  const crashSweep = quantile([...crash.sweeps, ...after.sweeps], 0.5);
  const tail = (s: Series): string => `${(quantile(s.ticks, 0.5) / crashSweep).toFixed(3)} of a sweep`;
  line(
    'tick-crash-p99',
    crash,
    0.99,
    crashSweep,
    '≤ 1.25',
    `median ${tail(crash)}, ${share(crash)}, ${crash.changes} states changed; the minute after at three times the volatility ${tail(after)}, then calm ${tail(quiet)}; ${upkeep(crash)}`,
  );
};

/** Every account at every tick against the scalar sweep, its unsure ones against exact arithmetic. */
export const crossings: Bench = async (report) => {
  const total = { accountTicks: 0, crossings: 0, wrong: 0, unsure: 0 };
  const scenes = [
    {
      flat: syntheticBook(ACCOUNTS, SEED),
      parts: [
        [200, CALM, 0],
        [60, 6 * CALM, Math.log(0.9) / 60],
        [140, 3 * CALM, 0],
        [200, CALM, 0],
      ],
    },
    {
      flat: syntheticBook(ACCOUNTS, SEED + 1, { venue: 'hyperliquid', isEdgeHeavy: true }),
      parts: [
        [200, CALM, 0],
        [60, 6 * CALM, Math.log(0.9) / 60],
        [140, 3 * CALM, 0],
      ],
    },
  ] as const;
  for (const { flat, parts } of scenes) {
    const { desk, prices, step, run } = scene(flat, 11);
    const oracle = createSweepOracle(flat);
    const exact = createExactOracle(flat);
    const codes = new Uint8Array(flat.count);
    const before = new Uint8Array(flat.count);
    for (const [count, volatility, drift] of parts) {
      for (let t = 0; t < count; t++) {
        step(volatility, drift);
        // What a feed would say: prices of few digits, which the exact answers can be given of.
        prices.forEach((price, i) => {
          prices[i] = Number(price.toPrecision(9));
        });
        run();
        oracle(prices, codes);
        compare(desk, flat, prices, codes, before, exact, total);
        maintain(desk, UPKEEP);
      }
    }
  }
  report({
    bench: 'desk',
    figure: 'crossings-wrong',
    value: total.wrong,
    unit: 'account-ticks',
    goal: '0',
    runs: 1,
    spread: [total.wrong, total.wrong],
    note: `${total.accountTicks.toExponential(2)} account-ticks, ${total.crossings} state changes in them, ${total.unsure} decided by exact arithmetic; calm, a crash of ten per cent in a minute, the time after, and a book whose sizes lie at the floors of its margin tables`,
  });
};

function compare(
  { columns }: DeskState,
  flat: FlatBook,
  prices: Float64Array,
  codes: Uint8Array,
  before: Uint8Array,
  exact: ReturnType<typeof createExactOracle>,
  total: { accountTicks: number; crossings: number; wrong: number; unsure: number },
): void {
  const { state, source } = columns.accounts;
  let exactPrices: bigint[] | undefined;
  for (let row = 0; row < columns.count; row++) {
    const a = source[row]!;
    let code = codes[a]!;
    if (code === UNSURE) {
      exactPrices ??= Array.from(prices, scaled);
      code = exact(a, exactPrices);
      total.unsure++;
    }
    if (state[row] !== code) total.wrong++;
    if (before[a] !== code) total.crossings++;
    before[a] = code;
  }
  total.accountTicks += flat.count;
}

/** One account a row, exactly on a threshold or a hair beside it, at the price of its instrument. */
function tiedBook(count: number, seed: number): FlatBook {
  const next = seeded(seed);
  const flat = syntheticBook(16, seed);
  const id = flat.instruments[0]!;
  const price = 125;
  const instrument = {
    ...flat.book.instruments.get(id)!,
    markPrice: new Decimal(price),
    tiers: [{ notionalFloor: new Decimal(0), maintenanceMarginRate: new Decimal('0.01') }],
  };
  const size = new Float64Array(count);
  const entry = new Float64Array(count);
  const amount = new Float64Array(count);
  for (let a = 0; a < count; a++) {
    // Multiples of three, so that a requirement divided by 0.3 is a short decimal too; everything in cents of cents.
    const units = 3 * (1 + Math.floor(next() * 3000));
    const at = 8_000 + Math.floor(next() * 9_000);
    const side = next() < 0.5 ? -1 : 1;
    size[a] = (side * units) / 100;
    entry[a] = at / 100;
    // In 10^-4: requirement |size| · 125 · 0.01, equity that ties, profit size · (125 − entry).
    const required = units * 125;
    const equity = [Math.round(required / 0.3), 2 * required, (5 * required) / 4, required, 0][a % 5]!;
    const hair = a % 3 === 0 ? 0 : 10 ** -Math.floor(4 + 6 * next()) * (next() < 0.5 ? -1 : 1);
    amount[a] = Number(((equity - side * units * (12_500 - at)) / 1e4 + hair).toPrecision(15));
  }
  const index = (length: number): Uint32Array => Uint32Array.from({ length }, (_, i) => i);
  return {
    ...flat,
    book: { ...flat.book, instruments: new Map([[id, instrument]]) },
    instruments: [id],
    count,
    venue: new Uint8Array(count),
    balanceStart: index(count + 1),
    balanceAsset: new Uint32Array(count),
    balanceAmount: amount,
    positionStart: index(count + 1),
    positionInstrument: new Uint32Array(count),
    positionSize: size,
    positionEntry: entry,
    positionMode: new Uint8Array(count),
    positionLeverage: new Float64Array(count).fill(Number.NaN),
  };
}

/** Classifications against exact arithmetic, and what the band costs in the state kernel. */
export const band: Bench = async (report) => {
  const books = [syntheticBook(ACCOUNTS, SEED), tiedBook(100_000, SEED)];
  let wrong = 0;
  let compared = 0;
  let decided = 0;
  for (const flat of books) {
    const desk = deskOf(flat);
    const exact = createExactOracle(flat);
    const prices = Array.from(desk.board.mark, scaled);
    for (let row = 0; row < desk.columns.count; row++) {
      if (desk.columns.accounts.state[row] !== exact(desk.columns.accounts.source[row]!, prices)) wrong++;
      compared++;
    }
    decided += desk.counters.exactDecisions;
  }
  report({
    bench: 'desk',
    figure: 'band-wrong',
    value: wrong,
    unit: 'accounts',
    goal: '0',
    runs: 1,
    spread: [wrong, wrong],
    note: `${compared} accounts against integers of any length: 1,000,000 random ones, 100,000 on a threshold or a hair beside it; ${decided} lay in the band and were decided exactly`,
  });
  report(bandCost(books[0]!));
};

const ROUNDS = 41;

function bandCost(flat: FlatBook): BenchLine {
  const host = hostOf();
  let exports: KernelExports | undefined;
  const noting: KernelHost = {
    ...host,
    instantiate: (module, memory) => {
      exports = host.instantiate(module, memory);
      return exports!;
    },
  };
  const desk = createDeskOf(flat, { rulesOf, host: noting });
  const hits = desk.hits.byteOffset;
  const all = (sweep: (block: number, groups: number) => void): void => {
    for (let block = 0; block < desk.blocks.used; block++) sweep(block, desk.layout.groups[block]!);
  };
  const banded = (): void => all((block, groups) => desk.kernel.sweepStates(block, groups, desk.hits));
  const bare = (): void => all((block, groups) => exports!.sweepStatesUnbanded(block, groups, hits));
  const compared = interleave(ROUNDS, banded, bare);
  return {
    bench: 'desk',
    figure: 'band-cost',
    value: quantile(compared.ours, 0.5),
    unit: 'ms',
    against: 'the state kernel without the band, same run',
    ratio: compared.ratio,
    goal: '≤ 1.15',
    runs: ROUNDS,
    spread: spreadOf(compared.ours),
  };
}

/** System totals a tick, at a million accounts and at ten thousand. */
export const systemTotals: Bench = async (report) => {
  const [large, small] = [scene(syntheticBook(ACCOUNTS, SEED), 7), scene(syntheticBook(10_000, SEED), 7)];
  const repeat = 200;
  const measure = ({ desk, step, run }: Scene) => {
    let spent = 0;
    return {
      round: (): void => {
        spent = 0;
        for (let i = 0; i < repeat; i++) {
          step(CALM, 0);
          run();
          spent += elapsed(() => totals(desk));
        }
      },
      spent: (): number => (1000 * spent) / repeat,
    };
  };
  const [a, b] = [measure(large), measure(small)];
  const ours: number[] = [];
  const ratios: number[] = [];
  for (let i = 0; i <= 21; i++) {
    a.round();
    b.round();
    if (i === 0) continue;
    ours.push(a.spent());
    ratios.push(a.spent() / b.spent());
  }
  report({
    bench: 'desk',
    figure: 'totals',
    value: quantile(ours, 0.5),
    unit: 'µs',
    against: 'the same at 10,000 accounts',
    ratio: quantile(ratios, 0.5),
    goal: '≤ 10 µs, ≤ 1.2',
    runs: ours.length,
    spread: spreadOf(ours),
    note: 'equity, notional and maintenance of the system, by venue and by instrument, after every tick',
  });
};

/** From columns to certified states. */
export const building: Bench = async (report) => {
  const flat = syntheticBook(ACCOUNTS, SEED);
  deskOf(flat);
  const builds = Array.from({ length: 5 }, () => elapsed(() => void deskOf(flat)));
  report({
    bench: 'desk',
    figure: 'build',
    value: quantile(builds, 0.5),
    unit: 'ms',
    runs: builds.length,
    spread: spreadOf(builds),
    note: `${ACCOUNTS.toLocaleString('en')} accounts, ${flat.positionSize.length.toLocaleString('en')} positions from columns to certified states`,
  });
};
