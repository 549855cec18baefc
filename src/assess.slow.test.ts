/** The command line as its user meets it: a process with arguments, streams and an exit status. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), 'plimsoll-assess-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

interface Run {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly errors: readonly { error: { pointer: string; message: string; file?: string } }[];
}

/** Runs `assess` with `args`; `input` goes to standard input, piece by piece, until the process wants no more. */
function assess(args: readonly string[], input: Iterable<string> = []): Promise<Run & { taken: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/run.mjs'), 'assess', ...args], { cwd: FOLDER });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let taken = 0;
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => err.push(piece));
    child.on('error', reject);
    child.on('close', (status) => {
      const linesOf = (pieces: readonly Buffer[]) =>
        Buffer.concat(pieces)
          .toString('utf8')
          .split('\n')
          .filter((line) => line !== '');
      resolve({ status, lines: linesOf(out), errors: linesOf(err).map((line) => JSON.parse(line) as Run['errors'][number]), taken });
    });
    // a process that gave up closes its end
    child.stdin.on('error', () => undefined);
    const pieces = input[Symbol.iterator]();
    const feed = (): void => {
      for (let next = pieces.next(); !next.done; next = pieces.next()) {
        taken += next.value.length;
        if (!child.stdin.write(next.value)) return void child.stdin.once('drain', feed);
      }
      child.stdin.end();
    };
    feed();
  });
}

type Json = Record<string, unknown>;

const BOOK = `{
  "format": "leverage-book/1",
  "asOf": "2026-02-05T18:34:00Z",
  "instruments": {
    "hl:BTC": {
      "venue": "hyperliquid", "contract": "linear", "base": "BTC", "quote": "USD", "settle": "USDC",
      "contractSize": "1", "markPrice": "65546.0", "indexPrice": "65577.0", "takerFeeRate": "0.00045", "priceTick": "0.1",
      "tiers": [ { "notionalFloor": "0", "maxLeverage": "40", "maintenanceMarginRate": "0.0125", "maintenanceDeduction": "0" } ]
    },
    "hl:SOL": { "venue": "hyperliquid", "contract": "linear", "base": "SOL", "quote": "USD", "settle": "USDC", "contractSize": "1",
      "markPrice": "83.11", "tiers": [ { "notionalFloor": "0", "maxLeverage": "20", "maintenanceMarginRate": "0.025" } ] }
  },
  "assets": { "USDC": { "price": "1" } },
  "accounts": [
    {
      "id": "17df694e61", "venue": "hyperliquid", "label": "desk A / whale 7",
      "balances": [ { "asset": "USDC", "amount": "13755080.70" } ],
      "positions": [
        { "instrument": "hl:BTC", "size": "-12.5", "entryPrice": "71210.4", "marginMode": "cross", "leverage": "20" },
        { "instrument": "hl:SOL", "size": "800", "entryPrice": "84.1", "marginMode": "isolated", "isolatedMargin": "6728.0" }
      ]
    },
    {
      "id": "second", "venue": "hyperliquid",
      "balances": [ { "asset": "USDC", "amount": "100" } ],
      "positions": [ { "instrument": "hl:SOL", "size": "10", "entryPrice": "84.1", "marginMode": "cross" } ]
    }
  ]
}
`;

function file(name: string, text: string): string {
  writeFileSync(join(FOLDER, name), text);
  return name;
}

beforeAll(() => void file('book.json', BOOK));

const parsed = (run: Run): Json[] => run.lines.map((line) => JSON.parse(line) as Json);

describe('BF-20 to BF-23 assess: one object an account and line', () => {
  it('default: the fields of the contract, in its order, then the others', async () => {
    const run = await assess(['book.json']);
    expect({ status: run.status, errors: run.errors }).toEqual({ status: 0, errors: [] });
    const [first, second] = parsed(run);
    expect(
      Object.keys(first!)
        .filter((key) => !key.endsWith('Reason'))
        .slice(0, 16),
    ).toEqual([
      'account',
      'venue',
      'asOf',
      'equity',
      'grossNotional',
      'netNotional',
      'leverage',
      'initialMargin',
      'maintenanceMargin',
      'marginRatio',
      'healthFactor',
      'marginExcess',
      'freeCollateral',
      'riskState',
      'positions',
      'indeterminate',
    ]);
    const positions = first!.positions as Json[];
    expect(Object.keys(positions[0]!).slice(0, 9)).toEqual([
      'instrument',
      'marginMode',
      'notional',
      'unrealizedPnl',
      'initialMargin',
      'maintenanceMargin',
      'liquidationPrice',
      'liquidationDistance',
      'bankruptcyPrice',
    ]);
    // 13755080.70 + 12.5 × (71210.4 − 65546); 12.5 × 65546 × 0.0125; E + q(x − P) = r|q|x
    expect(first).toMatchObject({
      account: '17df694e61',
      asOf: '2026-02-05T18:34:00Z',
      equity: '13825885.7',
      netNotional: '-819325',
      maintenanceMargin: '10241.5625',
      marginExcess: '13815644.1375',
      healthFactor: null,
      healthFactorReason: 'not-applicable',
      riskState: 'healthy',
      indeterminate: [],
      unit: 'USD',
    });
    expect(positions[0]).toMatchObject({
      liquidationPrice: '1157152.45037037037037037037037',
      bankruptcyPrice: '1171616.856',
      side: 'short',
    });
    expect((first!.pools as Json[]).map((pool) => [pool.pool, pool.positions])).toEqual([
      ['cross', [0]],
      ['isolated:hl:SOL:1', [1]],
    ]);
    expect(second!.account).toBe('second');
  });

  it('BF-21: numbers survive by their text, thirty digits of them, never an exponent', async () => {
    const text = BOOK.replace('"71210.4"', '65546').replace('"13755080.70"', '0.100000000000000000000000000001').replace('"100"', '1e-30');
    const [first, second] = parsed(await assess(['-'], [text]));
    expect(first!.equity).toBe('0.100000000000000000000000000001');
    expect(first!.leverage).toBe('8193249.99999999999999999999992');
    expect(second!.equity).toBe('-9.9');
  });

  it('BF-23: a position without a mark makes its account indeterminate, names the field, and hides nobody', async () => {
    const run = await assess(['-'], [BOOK.replace('"markPrice": "65546.0", ', '')]);
    const [first, second] = parsed(run);
    expect(run.status).toBe(0);
    expect(first).toMatchObject({ equity: null, equityReason: 'missing-mark', marginRatio: null, riskState: 'indeterminate' });
    expect(first!.indeterminate).toEqual([
      {
        reason: 'missing-mark',
        subject: 'hl:BTC',
        pools: ['cross'],
        pointer: '/instruments/hl:BTC/markPrice',
        message: 'hl:BTC: the price it depends on is not known',
      },
    ]);
    expect((first!.positions as Json[])[0]).toMatchObject({ notional: null, notionalReason: 'missing-mark', liquidationPrice: null });
    expect((first!.positions as Json[])[1]!.liquidationPrice).not.toBeNull();
    expect(second!.riskState).toBe('healthy');
  });
});

/** What is wrong, the book with it, the pointer, what the message says. Bad input of every kind the contract names. */
const POSITION = '/accounts/0/positions/0';
const BAD: readonly (readonly [string, string, string, string])[] = [
  ['broken JSON', BOOK.slice(0, -4), '', 'not valid JSON at line'],
  ['no JSON at all', 'hello', '', 'expected a JSON value, found "hello"'],
  ['an empty text', '', '', 'the end of the text'],
  ['a wrong type', BOOK.replace('"-12.5"', 'true'), `${POSITION}/size`, 'expected a decimal number as a string, found true'],
  ['NaN as text', BOOK.replace('"-12.5"', '"NaN"'), `${POSITION}/size`, 'expected a decimal number'],
  ['NaN', BOOK.replace('"-12.5"', 'NaN'), `${POSITION}/size`, 'expected a JSON value, found "NaN"'],
  ['Infinity as text', BOOK.replace('"71210.4"', '"Infinity"'), `${POSITION}/entryPrice`, 'expected a decimal number'],
  ['-Infinity', BOOK.replace('"71210.4"', '-Infinity'), `${POSITION}/entryPrice`, 'expected a JSON value, found "-Infinity"'],
  ['1e400 as text', BOOK.replace('"-12.5"', '"1e400"'), `${POSITION}/size`, 'is out of range'],
  ['1e400', BOOK.replace('"-12.5"', '1e400'), `${POSITION}/size`, 'is out of range'],
  ['an empty quantity', BOOK.replace('"13755080.70"', '""'), '/accounts/0/balances/0/amount', 'expected a decimal number, found ""'],
  ['an empty id', BOOK.replace('"17df694e61"', '""'), '/accounts/0/id', 'must not be empty'],
  ['a negative price', BOOK.replace('"65546.0"', '"-65546.0"'), '/instruments/hl:BTC/markPrice', 'must be above zero'],
  ['a price of zero', BOOK.replace('"65546.0"', '"0"'), '/instruments/hl:BTC/markPrice', 'must be above zero'],
  ['an asset at zero', BOOK.replace('"price": "1"', '"price": "0"'), '/assets/USDC/price', 'must be above zero'],
  [
    'an unknown venue of an account',
    BOOK.replace('"second", "venue": "hyperliquid"', '"second", "venue": "mtgox"'),
    '/accounts/1/venue',
    'unknown venue "mtgox"',
  ],
  [
    'an unknown venue of an instrument',
    BOOK.replace('"venue": "hyperliquid", "contract"', '"venue": "mtgox", "contract"'),
    '/instruments/hl:BTC/venue',
    'unknown venue',
  ],
  [
    'an unknown instrument',
    BOOK.replace('"instrument": "hl:BTC"', '"instrument": "hl:BTX"'),
    `${POSITION}/instrument`,
    'unknown instrument "hl:BTX"',
  ],
  ['a duplicate id', BOOK.replace('"second"', '"17df694e61"'), '/accounts/1/id', 'is already the id of /accounts/0'],
  [
    'unsorted tiers',
    BOOK.replace(
      '"maintenanceDeduction": "0" }',
      '"maintenanceDeduction": "0" }, { "notionalFloor": "0", "maintenanceMarginRate": "0.05", "maintenanceDeduction": "0" }',
    ),
    '/instruments/hl:BTC/tiers/1/notionalFloor',
    'rows must be sorted',
  ],
  [
    'discontinuous tiers',
    BOOK.replace(
      '"maintenanceDeduction": "0" }',
      '"maintenanceDeduction": "0" }, { "notionalFloor": "1000", "maintenanceMarginRate": "0.05", "maintenanceDeduction": "0" }',
    ),
    '/instruments/hl:BTC/tiers/1/maintenanceDeduction',
    'a deduction of 37.5 would join the rows',
  ],
  [
    'an isolated position without margin',
    BOOK.replace(', "isolatedMargin": "6728.0"', ''),
    '/accounts/0/positions/1/isolatedMargin',
    'is required for an isolated position',
  ],
  [
    'a key that reaches a prototype',
    BOOK.replace('"label"', '"__proto__": { "isAdmin": true }, "label"'),
    '/accounts/0/__proto__',
    'is not allowed',
  ],
  [
    'the same key in disguise',
    BOOK.replace('"label"', '"\\u005f_proto__": { "isAdmin": true }, "label"'),
    '/accounts/0/__proto__',
    'is not allowed',
  ],
  ['a key that stands twice', BOOK.replace('"label"', '"id": "17df694e61", "label"'), '/accounts/0/id', 'stands twice'],
  ['an unknown field', BOOK.replace('"label"', '"a/b~c"'), '/accounts/0/a~1b~0c', 'unknown field'],
];

describe('BF-26 assess: an input that cannot be read', () => {
  it.each(BAD.filter((_, i) => i % 5 === 0))('error: %s ends with status 2 and prints no account', async (_, text, pointer, message) => {
    expect(await assess(['-'], [text])).toMatchObject({
      status: 2,
      lines: [],
      errors: [{ error: { pointer, message: expect.stringContaining(message) } }],
    });
  });

  it('error: each kind of bad input has its pointer and message, and takes nothing down but itself', async () => {
    const files = BAD.map(([, text], i) => file(`bad-${String(i).padStart(2, '0')}.json`, text));
    const run = await assess(['--keep-going', ...files, 'book.json']);
    expect(run.status).toBe(2);
    const own = run.errors.filter(({ error }) => !error.message.includes('depends on'));
    expect(own.map(({ error }) => error)).toEqual(
      BAD.map(([, , pointer, message], i) => ({ pointer, message: expect.stringContaining(message), file: files[i] })),
    );
    expect(
      parsed(run)
        .slice(-2)
        .map((line) => line.account),
    ).toEqual(['17df694e61', 'second']);
  });

  it('error: without --keep-going the first bad file is the last one read', async () => {
    const run = await assess(['book.json', file('broken.json', '{'), 'book.json']);
    expect({ status: run.status, lines: run.lines.length, files: run.errors.map(({ error }) => error.file) }).toEqual({
      status: 2,
      lines: 2,
      files: ['broken.json'],
    });
  });

  it('BF-17: --keep-going assesses the other accounts and still ends with 2', async () => {
    const run = await assess(['--keep-going', '-'], [BOOK.replace('"-12.5"', '"0"')]);
    expect(parsed(run).map((line) => line.account)).toEqual(['second']);
    expect(run).toMatchObject({ status: 2, errors: [{ error: { pointer: `${POSITION}/size` } }] });
  });

  it('BF-2: 200 MB of "[" are given up at once, hardly read', async () => {
    function* brackets(): Generator<string> {
      const piece = '['.repeat(1 << 20);
      for (let i = 0; i < 200; i++) yield piece;
    }
    const run = await assess(['-'], brackets());
    expect(run).toMatchObject({
      status: 2,
      lines: [],
      errors: [{ error: { pointer: '', message: 'nested deeper than 64 levels (byte 65)' } }],
    });
    expect(run.taken).toBeLessThan(10 << 20);
  });

  it.each([
    [['nowhere.json'], 'cannot read nowhere.json: no such file'],
    [['.'], 'cannot read .: it is a directory'],
    [[], 'no input'],
    [['--frobnicate', 'book.json'], "Unknown option '--frobnicate'"],
    [['--format', 'xml', 'book.json'], '--format is json or table'],
    [['--venue', 'mtgox', 'book.json'], 'unknown venue "mtgox"'],
    [['--venue', 'toString', 'book.json'], 'unknown venue "toString"'],
    [['--meta', 'book.json', 'book.json'], '--meta goes with --venue'],
    [['--as-of', '2026-02-05T18:34:00Z', 'book.json'], '--as-of goes with --venue'],
    [['--venue', 'hyperliquid', '--as-of', 'yesterday', 'book.json'], '--as-of is a time in UTC'],
    [['-', '-'], 'read only once'],
    [['--account', 'nobody', 'book.json'], 'no account "nobody"'],
    [['--explain', 'happiness', 'book.json'], 'has no such figure'],
    [['--position', '1', 'book.json'], 'go with --explain'],
  ])('error: %j', async (args, message) => {
    expect(await assess(args)).toMatchObject({ status: 2, lines: [], errors: [{ error: { message: expect.stringContaining(message) } }] });
  });

  it('error: a text that is not UTF-8', async () => {
    writeFileSync(join(FOLDER, 'latin1.json'), Buffer.from(BOOK.replace('desk A', 'd\u00e9sk A'), 'latin1'));
    expect(await assess(['latin1.json'])).toMatchObject({ status: 2, errors: [{ error: { message: 'the text is not UTF-8' } }] });
  });
});

describe('BF-24, BF-25, BF-27 assess: options', () => {
  it('default: --account keeps the one asked for', async () => {
    expect(parsed(await assess(['--account', 'second', 'book.json'])).map((line) => line.account)).toEqual(['second']);
  });

  it('default: --format table prints for people, and no control character of a name reaches the terminal', async () => {
    const run = await assess(['--format', 'table', '-'], [BOOK.replace('"second"', '"sec\\u001b[31mond"')]);
    expect(run.status).toBe(0);
    const text = run.lines.join('\n');
    expect(text).toContain('17df694e61  hyperliquid  2026-02-05T18:34:00Z  healthy');
    expect(text).toMatch(/hl:BTC +short +cross +819325 /);
    expect(text).toContain('sec�[31mond');
    expect(text).not.toContain('\u001b');
  });

  it('default: --explain prints the working of one figure', async () => {
    const [working] = parsed(await assess(['--explain', 'liquidationPrice', '--position', '0', '--account', '17df694e61', 'book.json']));
    expect(working).toMatchObject({
      account: '17df694e61',
      figure: 'liquidationPrice',
      subject: 'hl:BTC',
      value: '1157152.45037037037037037037037',
    });
    expect((working!.terms as Json[]).length).toBeGreaterThan(3);
  });

  it('default: --help', async () => {
    const run = await assess(['--help']);
    expect(run).toMatchObject({ status: 0, errors: [] });
    expect(run.lines[0]).toContain('assess');
  });

  it('behavior: a reader that has seen enough ends it quietly', async () => {
    const accounts = Array.from({ length: 3000 }, (_, i) => ({
      id: `a${i}`,
      venue: 'hyperliquid',
      balances: [{ asset: 'USDC', amount: '1' }],
    }));
    file(
      'many.json',
      JSON.stringify({ format: 'leverage-book/1', asOf: '2026-02-05T18:34:00Z', assets: { USDC: { price: '1' } }, accounts }),
    );
    const status = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(process.execPath, [join(ROOT, 'scripts/run.mjs'), 'assess', 'many.json'], {
        cwd: FOLDER,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child.stdout.once('data', () => child.stdout.destroy());
      child.on('error', reject);
      child.on('close', resolve);
    });
    expect(status).toBe(0);
  });
});

interface Recorded {
  readonly id: string;
  readonly response: {
    readonly assetPositions: readonly { readonly position: { readonly coin: string; readonly liquidationPx: string | null } }[];
  };
}

describe('BF-24 assess --venue hyperliquid', () => {
  it("default: a recorded response gives the venue's own liquidation prices", async () => {
    const recorded = JSON.parse(
      readFileSync(new URL('./venues/hyperliquid/vectors/responses.json', import.meta.url), 'utf8'),
    ) as Recorded[];
    const { id, response } = recorded[0]!;
    const run = await assess(['--venue', 'hyperliquid', '--account', id, file('state.json', JSON.stringify(response))]);
    expect({ status: run.status, errors: run.errors }).toEqual({ status: 0, errors: [] });
    const [line] = parsed(run);
    expect(line!.account).toBe(id);
    let compared = 0;
    for (const { position } of response.assetPositions) {
      const ours = (line!.positions as Json[]).find((candidate) => candidate.instrument === `hl:${position.coin}`);
      if (position.liquidationPx === null) {
        expect(ours!.liquidationPrice).toBeNull();
        continue;
      }
      expect(Math.abs(Number(ours!.liquidationPrice) / Number(position.liquidationPx) - 1)).toBeLessThan(5e-7);
      compared++;
    }
    expect(compared).toBeGreaterThanOrEqual(5);
  });

  it('error: faults of a response point into it, faults of the tables name their file', async () => {
    const state = file('state-bad.json', '{"assetPositions": 7}');
    const meta = file('meta-bad.json', '{"universe": [}');
    const run = await assess(['--venue', 'hyperliquid', state]);
    expect(run).toMatchObject({ status: 2, lines: [] });
    expect(run.errors.length).toBeGreaterThan(0);
    expect((await assess(['--venue', 'hyperliquid', '--meta', meta, state])).errors).toEqual([
      { error: { pointer: '', message: expect.stringContaining('not valid JSON'), file: meta } },
    ]);
  });
});
