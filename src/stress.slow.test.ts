/** `stress` as its user meets it: a process with arguments, streams and an exit status. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type AccountSpec, feedbackPopulation } from './engine/cascade/testing/books.ts';
import { vectorOf } from './engine/cascade/testing/vectors.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), 'plimsoll-stress-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

// biome-ignore lint/suspicious/noExplicitAny: what was asked decides the shape
type Json = any;

interface Run {
  readonly status: number | null;
  readonly result: Json;
  readonly out: string;
  readonly errors: readonly { readonly pointer: string; readonly message: string }[];
  readonly err: string;
}

function stress(args: readonly string[], input = ''): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/run.mjs'), 'stress', ...args], { cwd: FOLDER });
    let [out, err] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => {
      out += piece.toString();
    });
    child.stderr.on('data', (piece: Buffer) => {
      err += piece.toString();
    });
    child.on('error', reject);
    child.on('close', (status) => {
      const lines = err.split('\n').filter((line) => line.startsWith('{'));
      const errors = lines.map((line) => (JSON.parse(line) as { error: Run['errors'][number] }).error);
      resolve({ status, out, err, errors, result: out.startsWith('{') ? JSON.parse(out) : undefined });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

const ask = (spec: unknown): Promise<Run> => stress(['-'], typeof spec === 'string' ? spec : JSON.stringify(spec));

interface Population {
  readonly accounts: readonly AccountSpec[];
  readonly P0: Readonly<Record<string, string | number>>;
  readonly mm: Readonly<Record<string, string | number>>;
}

/** A book of the generic venue; every position was opened at `entry` × the mark. */
function bookOf({ accounts, P0, mm }: Population, entry = 1): Json {
  const instruments = Object.fromEntries(
    Object.entries(P0).map(([base, price]) => [
      base,
      {
        venue: 'generic',
        contract: 'linear',
        base,
        quote: 'USD',
        settle: 'USD',
        contractSize: '1',
        markPrice: String(price),
        tiers: [{ notionalFloor: '0', maintenanceMarginRate: String(mm[base]) }],
      },
    ]),
  );
  const accountOf = ({ id, cash, q }: AccountSpec) => {
    const held = Object.entries(q).map(([base, size]) => ({ base, size: Number(size), entryPrice: Number(P0[base]) * entry }));
    const amount = held.reduce((sum, { size, entryPrice }) => sum + size * entryPrice, Number(cash));
    return {
      id,
      venue: 'generic',
      balances: [{ asset: 'USD', amount: String(Number(amount.toFixed(6))) }],
      positions: held.map(({ base, size, entryPrice }) => ({
        instrument: base,
        size: String(size),
        entryPrice: String(entryPrice),
        marginMode: 'cross',
      })),
    };
  };
  return { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', instruments, accounts: accounts.map(accountOf) };
}

const near = (found: string, wanted: string | number, relative = 1e-9): void => {
  expect(Math.abs(Number(found) - Number(wanted)), `${found} against ${wanted}`).toBeLessThanOrEqual(
    relative * Math.max(1e-9, Math.abs(Number(wanted))),
  );
};

const text = (values: Record<string, number | null>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).flatMap(([market, value]) => (value === null ? [] : [[market, String(value)]])));

const TWO = vectorOf('CASC-2A-thin').inputs as Population & { shock: Record<string, string>; delta: Record<string, number> };

describe('ST-4, ST-5 cascade', () => {
  it.each(['CASC-2A-thin', 'CASC-2A-thick', 'CASC-2A-none', 'CASC-A-0.06-60', 'CASC-A-0.03-400'])(
    '%s, whatever the entries',
    async (id) => {
      const { inputs, expected } = vectorOf(id);
      for (const entry of [1, 1.25]) {
        const spec = { shock: inputs.shock, depth: text(inputs.delta), insuranceFund: String(inputs.IF) };
        const { status, result, err } = await ask({ book: bookOf(inputs, entry), cascade: spec });
        expect([status, err]).toEqual([0, '']);
        const { cascade } = result;
        expect([cascade.rounds, cascade.closed]).toEqual([expected.rounds, expected.liquidated]);
        for (const market of Object.keys(expected.price)) {
          near(cascade.prices[market], expected.price[market]);
          near(cascade.multiplier[market], expected.cascade_multiplier_log[market]);
        }
        near(cascade.liquidatedNotional, expected.liquidated_notional);
        near(cascade.deficits, expected.deficits);
        near(cascade.insuranceFundEnd, expected.insurance_end);
        near(cascade.socialised, expected.socialised);
        near(cascade.uncovered, expected.uncovered);
        cascade.trace.forEach((round: Json, i: number) => {
          const wanted = expected.trace[i];
          expect([round.round, round.closed]).toEqual([wanted.round, wanted.liquidated]);
          for (const market of Object.keys(wanted.price)) near(round.prices[market], wanted.price[market]);
          for (const market of Object.keys(wanted.vwap)) near(round.vwap[market], wanted.vwap[market]);
        });
      }
    },
  );

  it('default: no shock, infinite depth, no fund, leftovers kept, pro rata', async () => {
    const { result } = await ask({ book: bookOf(TWO), cascade: {} });
    expect(result).toEqual({
      cascade: {
        rounds: 0,
        prices: { BTC: '60000', ETH: '3000' },
        closed: [],
        liquidatedNotional: '0',
        deficits: '0',
        insuranceFundEnd: '0',
        socialised: '0',
        uncovered: '0',
        multiplier: { BTC: null, ETH: null },
        trace: [],
        deleveraged: [],
        indeterminate: [],
        end: 'settled',
      },
    });
  });

  it('behavior: nobody to take from: uncovered; leftovers forfeit go to the fund; every rule adds up', async () => {
    for (const deleveraging of ['pro-rata', 'queue', 'risk-aware', 'venue', 'none'])
      for (const leftovers of ['keep', 'forfeit'])
        for (const procedure of ['full', 'venue']) {
          const cascade = { shock: TWO.shock, depth: text(TWO.delta), insuranceFund: '100', deleveraging, leftovers, procedure };
          const { result, status } = await ask({ book: bookOf(TWO), cascade });
          expect(status).toBe(0);
          const { deficits, insuranceFundEnd, socialised, uncovered } = result.cascade;
          if (leftovers === 'keep') near(deficits, 100 - Number(insuranceFundEnd) + Number(socialised) + Number(uncovered));
          if (deleveraging === 'none') expect([socialised, Number(uncovered) > 0]).toEqual(['0', true]);
          else expect(uncovered).toBe('0');
        }
  });

  it('behavior: a fund by venue; a shock of one venue alone', async () => {
    const cascade = { venueShock: { generic: TWO.shock }, depth: text(TWO.delta), insuranceFund: { generic: '2000' } };
    const { result } = await ask({ book: bookOf(TWO), cascade });
    near(result.cascade.socialised, '10267.8193089508');
  });
});

describe('ST-6, ST-7 feedback', () => {
  it('FEEDBACK-G', async () => {
    const { inputs, expected } = vectorOf('FEEDBACK-G');
    const { result } = await ask({
      book: bookOf(feedbackPopulation()),
      feedback: { step: '0.05', depth: text(inputs.delta_contracts_per_log) },
    });
    const { feedback } = result;
    expect(feedback.assets).toEqual(['BTC', 'ETH']);
    near(feedback.R, expected.spectral_radius);
    for (const i of [0, 1]) {
      near(feedback.right[i], expected.right_perron[i]);
      near(feedback.left[i], expected.left_perron[i]);
      for (const j of [0, 1]) near(feedback.G[i][j], expected.G[i][j]);
    }
  });

  it('behavior: infinitely deep: nothing feeds back', async () => {
    const { result } = await ask({ book: bookOf(TWO), feedback: { step: '0.3' } });
    expect(result.feedback).toEqual({
      assets: ['BTC', 'ETH'],
      step: '0.3',
      G: [
        ['0', '0'],
        ['0', '0'],
      ],
      R: '0',
      right: null,
      left: null,
      indeterminate: [],
    });
  });
});

describe('ST-8, ST-9 shortest shock', () => {
  const book = bookOf({
    accounts: [
      { id: 'a', cash: '-80', q: { X: 1 } },
      { id: 'b', cash: '-60', q: { X: 1 } },
    ],
    P0: { X: 100 },
    mm: { X: '0.02' },
  });

  it('behavior: of the nearest account, of a named one, in both spaces', async () => {
    const simple = await ask({ book, shortestShock: { sigma: { X: '0.03' }, space: 'simple' } });
    const fall = 1 - 80 / 0.98 / 100;
    expect(simple.result.shortestShock.account).toBe('a');
    near(simple.result.shortestShock.distance, fall / 0.03);
    near(simple.result.shortestShock.shock.X, -fall);
    near(simple.result.shortestShock.share.X, 1);
    const named = await ask({ book, shortestShock: { sigma: { X: '0.03' }, account: 'b' } });
    expect(named.result.shortestShock.account).toBe('b');
    near(named.result.shortestShock.distance, -Math.log(60 / 0.98 / 100) / 0.03);
  });

  it('behavior: no σ: never; past the line: already; nobody at all: no position', async () => {
    const still = await ask({ book, shortestShock: { sigma: {} } });
    expect(still.result.shortestShock).toMatchObject({ distance: null, reason: 'never' });
    const past = bookOf({ accounts: [{ id: 'a', cash: '-99', q: { X: 1 } }], P0: { X: 100 }, mm: { X: '0.02' } });
    expect((await ask({ book: past, shortestShock: { sigma: { X: '0.03' } } })).result.shortestShock).toMatchObject({
      account: 'a',
      reason: 'already',
    });
    const empty = { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', accounts: [] };
    expect((await ask({ book: empty, shortestShock: { sigma: {} } })).result.shortestShock).toMatchObject({ reason: 'no-position' });
  });
});

describe('ST-1, ST-2, ST-3 input', () => {
  it('behavior: a book in a file beside the specification, from anywhere; only what was asked is printed', async () => {
    writeFileSync(join(FOLDER, 'book.json'), JSON.stringify(bookOf(TWO)));
    writeFileSync(join(FOLDER, 'spec.json'), JSON.stringify({ book: { file: 'book.json' }, feedback: {} }));
    const { result, status } = await stress([join(FOLDER, 'spec.json')]);
    expect([status, Object.keys(result)]).toEqual([0, ['feedback']]);
    expect((await ask({ book: { file: 'book.json' } })).result).toEqual({});
  });

  it('behavior: numbers may stand without quotes; a market that is not in the book is noted', async () => {
    const { result, err, status } = await ask({ book: bookOf(TWO), cascade: { shock: { BTC: -0.1, DOGE: '-0.5' } } });
    expect([status, result.cascade.prices.BTC, err]).toEqual([0, '54000', 'note: /cascade/shock/DOGE: the book has no such market\n']);
  });

  it('error: every fault with its pointer, exit status 2, nothing on standard output', async () => {
    const book = bookOf(TWO);
    const cases: readonly (readonly [unknown, readonly string[]])[] = [
      ['{', ['']],
      ['[]', ['']],
      [{}, ['/book']],
      [{ book, more: 1 }, ['/more']],
      [{ book: { file: 'nowhere.json' } }, ['/book/file']],
      [{ book: { ...book, asOf: 'yesterday' } }, ['/book/asOf']],
      [
        { book, cascade: { shock: { BTC: '-1.5', ETH: 'x' }, depth: { BTC: '0' }, extra: true } },
        ['/cascade/depth/BTC', '/cascade/extra', '/cascade/shock/BTC', '/cascade/shock/ETH'],
      ],
      [{ book, cascade: { shock: [] } }, ['/cascade/shock']],
      [{ book, cascade: { depth: { BTC: null } } }, ['/cascade/depth/BTC']],
      [
        { book, cascade: { procedure: 'half', leftovers: 'share', deleveraging: 'x', insuranceFund: '-1' } },
        ['/cascade/deleveraging', '/cascade/insuranceFund', '/cascade/leftovers', '/cascade/procedure'],
      ],
      [{ book, feedback: { step: '1' } }, ['/feedback/step']],
      [{ book, feedback: { step: '0', depth: { BTC: '-5' } } }, ['/feedback/depth/BTC', '/feedback/step']],
      [{ book, shortestShock: {} }, ['/shortestShock/sigma']],
      [{ book, shortestShock: { sigma: { BTC: '-0.1' }, space: 'cubic' } }, ['/shortestShock/sigma/BTC', '/shortestShock/space']],
      [{ book, shortestShock: { sigma: { BTC: '0.1' }, correlation: [['BTC', 'BTC']] } }, ['/shortestShock/correlation/0']],
      [{ book, shortestShock: { sigma: { BTC: '0.1' }, correlation: [['BTC', 'ETH', '2']] } }, ['/shortestShock/correlation/0/2']],
      [{ book, shortestShock: { sigma: { BTC: '0.1' }, account: 'nobody' } }, ['/shortestShock/account']],
      [
        {
          book: {
            ...book,
            accounts: [book.accounts[0], { ...book.accounts[1], unit: 'EUR', balances: [{ asset: 'EUR', amount: '1' }], positions: [] }],
          },
        },
        ['/book/accounts/1/unit'],
      ],
    ];
    for (const [spec, pointers] of cases) {
      const { status, out, errors } = await ask(spec);
      expect([status, out, [...new Set(errors.map(({ pointer }) => pointer))].sort()], JSON.stringify(spec).slice(0, 200)).toEqual([
        2,
        '',
        pointers,
      ]);
      for (const { message } of errors) expect(message.length).toBeGreaterThan(10);
    }
  });

  it('error: correlations that cannot hold together are said, even for an empty book', async () => {
    const empty = { format: 'leverage-book/1', asOf: '2026-01-01T00:00:00Z', accounts: [] };
    const correlation = [
      ['A', 'B', '0.9'],
      ['A', 'C', '0.9'],
      ['B', 'C', '-0.9'],
    ];
    const { status, errors } = await ask({ book: empty, shortestShock: { sigma: { A: '1', B: '1', C: '1' }, correlation } });
    expect(status).toBe(2);
    expect(errors[0]?.pointer).toMatch(/^\/shortestShock\/correlation/);
    expect(errors[0]?.message).toMatch(/positive/);
  });

  it('error: no file, two files, an unknown option; help is no error', async () => {
    for (const args of [[], ['a.json', 'b.json'], ['--wrong'], ['missing.json']]) expect((await stress(args)).status).toBe(2);
    const help = await stress(['--help']);
    expect([help.status, help.out.includes('SPEC.json')]).toEqual([0, true]);
  });
});
