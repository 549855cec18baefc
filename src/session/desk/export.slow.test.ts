import { parquetReadObjects } from 'hyparquet/src/index.js';
import { parquetMetadata } from 'hyparquet/src/metadata.js';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import type { Account, Book } from '../../domain/book.ts';
import { columnsOf } from '../../domain/book-columns-builder.ts';
import { Decimal } from '../../domain/units.ts';
import { readCsv, writeCsv } from '../../formats/csv.ts';
import { readBook, readBookLenient, writeBook } from '../../formats/leverage-book.ts';
import { joined, readParquet, writeParquet } from '../../formats/parquet.ts';
import type { DeskCommand, DeskExportFormat, DeskFilter, DeskQuery, DeskRows, DeskSort, EngineInput, Frame } from '../protocol.ts';
import { DESK_COLUMNS, NO_FILTER, RISK_STATES } from '../protocol.ts';
import { createWholeEngine } from './testing/engine.ts';
import { randomBook, seeded } from './testing/random-books.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const RATIO: readonly DeskSort[] = [{ column: 'marginRatio', falling: true }];
type Exported = Extract<Frame, { readonly kind: 'desk-exported' }>;

/** An engine with a book on its desk. */
class Bench {
  private readonly engine = createWholeEngine();
  private request = 0;

  run(input: EngineInput): readonly Frame[] {
    return this.engine.step(input, NOW);
  }

  /** The answer to a command that takes slices; `between` runs before each of them. */
  ask(command: DeskCommand & { readonly requestId: number }, between: () => void = () => undefined): Frame {
    const isAnswer = (frame: Frame): boolean => 'requestId' in frame && frame.requestId === command.requestId;
    let frames = this.run(command);
    for (let i = 0; i < 100_000; i++) {
      const answer = frames.find(isAnswer);
      if (answer) return answer;
      between();
      frames = this.run({ kind: 'desk-work' });
    }
    throw new Error('no answer came');
  }

  open(content: ArrayBuffer): Frame {
    return this.ask({ kind: 'desk-open', requestId: ++this.request, source: { kind: 'file', name: 'My book.csv', content } });
  }

  openBook(book: Book): this {
    const answer = this.open(new TextEncoder().encode(writeBook(book)).slice().buffer);
    if (answer.kind !== 'desk-opened') throw new Error(JSON.stringify(answer));
    return this;
  }

  population(accounts: number): this {
    this.ask({ kind: 'desk-open', requestId: ++this.request, source: { kind: 'population', accounts, seed: 5 } });
    return this;
  }

  rows(filter: Partial<DeskFilter> = {}, sort: readonly DeskSort[] = RATIO): DeskRows {
    const query: DeskQuery = { filter: { ...NO_FILTER, ...filter }, sort, window: { from: 0, count: 1000 }, freeze: false, columns: [] };
    const answer = this.ask({ kind: 'desk-query', requestId: ++this.request, query });
    if (answer.kind !== 'desk-window' || !answer.rows) throw new Error('no rows came');
    return answer.rows;
  }

  command(
    content: 'figures' | 'accounts',
    format: DeskExportFormat,
    filter: Partial<DeskFilter> = {},
    sort = RATIO,
  ): Extract<DeskCommand, { readonly kind: 'desk-export' }> {
    return {
      kind: 'desk-export',
      requestId: ++this.request,
      content,
      format,
      columns: DESK_COLUMNS,
      filter: { ...NO_FILTER, ...filter },
      sort,
    };
  }

  file(...wish: Parameters<Bench['command']>): Exported {
    const answer = this.ask(this.command(...wish));
    if (answer.kind !== 'desk-exported') throw new Error(JSON.stringify(answer));
    return answer;
  }
}

const bytesOf = ({ parts }: Exported): Uint8Array<ArrayBuffer> => joined(parts.map((part) => new Uint8Array(part as ArrayBuffer)));
const textOf = (file: Exported): string => new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(file));

/** Units, labels, prices that are missing, derived balances, more digits than a double has. */
function book(seed: number): Book {
  const made = randomBook(seeded(seed), { accounts: 60 });
  const [first, second, ...rest] = made.accounts as readonly [Account, Account, ...Account[]];
  const marked = (account: Account): Account => ({ ...account, balances: account.balances.map((each) => ({ ...each, derived: true })) });
  const changed = {
    ...made,
    accounts: [
      { ...first, label: '=cmd|"x"!A1' },
      { ...second, label: '', balances: second.balances.map((each) => ({ ...each, amount: each.amount.plus(seed % 2 === 0 ? 0 : TINY) })) },
      ...rest.map((account, i) => (i % 3 === 0 ? marked(account) : account)),
    ],
  };
  return readBookLenient(writeBook(changed)).book;
}
const SEEDS = [1, 2, 3];
/** Beside any amount, more digits than a double has. */
const TINY = new Decimal('1e-25');
const REASON = /^(?:indeterminate|insolvent|no-position|already|never|no-clock|not-applicable)$/;

describe('DM-20 figures', () => {
  it('default: the rows shown, in their order, every figure or the reason why there is none', async () => {
    const wrong: string[] = [];
    let cells = 0;
    let none = 0;
    for (const seed of SEEDS) {
      const bench = new Bench().openBook(book(seed));
      const shown = bench.rows();
      const file = bench.file('figures', 'csv');
      expect(file).toMatchObject({ rows: shown.count });
      const [names, units, ...lines] = Papa.parse<string[]>(textOf(file).trimEnd(), { newline: '\n' }).data;
      const rows = lines.map((line) => Object.fromEntries(line.map((cell, k) => [names![k]!, cell])));
      const parquet = await parquetReadObjects({ file: bytesOf(bench.file('figures', 'parquet')).buffer });
      expect(rows.map(({ account }) => account!.replace(/^'/, ''))).toEqual(shown.account);
      expect(parquet.map(({ account }) => account)).toEqual(shown.account);
      expect(Object.fromEntries(units!.map((unit, k) => [names![k], unit]))).toMatchObject({ equity: 'USD', leverage: 'times', age: 'ms' });
      for (const [i, row] of rows.entries()) {
        expect(row.state).toBe(RISK_STATES[shown.state[i]!]);
        expect(row).toMatchObject({ asOf: book(seed).asOf, source: 'My book.csv' });
        const reasons = new Map(row.noNumber!.split('; ').map((reason) => reason.split(' ') as [string, string]));
        for (const name of DESK_COLUMNS) {
          if (name === 'state') continue;
          const value = shown[name][i]!;
          cells++;
          if (Number.isNaN(value)) none++;
          const isSame =
            Object.is(row[name] === '' ? Number.NaN : Number(row[name]), value) && Object.is(parquet[i]![name] ?? Number.NaN, value);
          const isExplained = Number.isNaN(value) ? REASON.test(reasons.get(name) ?? '') : !reasons.has(name);
          if (!isSame || !isExplained) wrong.push(`${seed} ${row.account} ${name}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(cells).toBeGreaterThan(1000);
    expect(none).toBeGreaterThan(100);
  });

  it('behavior: filter and order are those asked for; no account gives a table without rows', () => {
    const bench = new Bench().population(2000);
    const filter: Partial<DeskFilter> = { side: 'short', ranges: [{ column: 'leverage', atLeast: 2, atMost: 6, isBelow: false }] };
    const sort: DeskSort[] = [{ column: 'equity', falling: false }];
    const shown = bench.rows(filter, sort);
    expect(shown.count).toBeGreaterThan(50);
    const lines = (file: Exported): string[] => textOf(file).trimEnd().split('\n').slice(2);
    expect(lines(bench.file('figures', 'csv', filter, sort)).map((line) => line.split(',')[0])).toEqual(shown.account);
    expect(lines(bench.file('figures', 'csv', { text: 'nobody is called so' }))).toEqual([]);
  });

  it('behavior: prices that move meanwhile: every row is of one instant and says which', async () => {
    const bench = new Bench().population(6000);
    let clockMs = NOW;
    const source = { kind: 'simulated', clockMs: NOW, speed: 1, status: { kind: 'live', droppedCount: 0, lastVenueTimeMs: NOW } };
    const move = (): void => {
      clockMs += 1000;
      const tick = {
        market: 'BTC',
        kind: 'mark',
        price: new Decimal(60_000 + (clockMs - NOW) / 50),
        timeMs: clockMs,
        venueTimeMs: clockMs,
      };
      const update = {
        kind: 'feed-update',
        restarted: false,
        staleAfterMs: 1e9,
        staleAfterMsByMarket: new Map(),
        source: { ...source, clockMs },
      };
      bench.run({ ...update, ticks: [tick] } as unknown as EngineInput);
    };
    const answer = bench.ask(bench.command('figures', 'parquet', {}, [{ column: 'account', falling: false }]), move);
    expect(answer.kind).toBe('desk-exported');
    const file = bytesOf(answer as Exported).buffer;
    const rows = await parquetReadObjects({ file });
    expect(rows).toHaveLength(6000);
    const times = rows.map(({ asOf }) => asOf as string);
    expect(new Set(times).size).toBeGreaterThan(5);
    expect([...times].sort()).toEqual(times);
    const facts = new Map(parquetMetadata(file).key_value_metadata!.map(({ key, value }) => [key, value]));
    expect(facts.get('asOf')).toBe(times.at(-1));
    let compared = 0;
    for (const row of rows) {
      if (typeof row.equity !== 'number' || row.leverage === null) continue;
      compared++;
      expect(row.grossNotional / row.equity).toBeCloseTo(row.leverage, 9);
      expect(row.equity - row.maintenance).toBeCloseTo(row.marginExcess, 6);
    }
    expect(compared).toBeGreaterThan(5000);
  });
});

describe('DM-20 accounts', () => {
  const isSame = (read: Book, made: Book, order: readonly string[]): void => {
    const byId = new Map(made.accounts.map((account) => [account.id, account]));
    expect(writeBook(read)).toBe(writeBook({ ...made, accounts: order.map((id) => byId.get(id)!) }));
  };

  it('default: a book in each of the three forms that is the one that was opened, digit for digit', () => {
    let accounts = 0;
    for (const seed of SEEDS) {
      const made = book(seed);
      const files = [
        new TextEncoder().encode(writeBook(made)),
        new TextEncoder().encode(writeCsv(columnsOf(made))),
        writeParquet(columnsOf(made)),
      ];
      for (const content of files) {
        const bench = new Bench();
        expect(bench.open(content.slice().buffer).kind).toBe('desk-opened');
        const order = bench.rows().account;
        expect(order).toHaveLength(made.accounts.length);
        isSame(readCsv(textOf(bench.file('accounts', 'csv'))), made, order);
        isSame(readParquet(bytesOf(bench.file('accounts', 'parquet'))), made, order);
        isSame(readBook(textOf(bench.file('accounts', 'json'))), made, order);
        accounts += 3 * order.length;
      }
    }
    expect(accounts).toBeGreaterThan(500);
  });

  it('behavior: what is filtered, at the book’s own prices; opened again it has the same figures', () => {
    const bench = new Bench().population(3000);
    const filter: Partial<DeskFilter> = { states: ['watch', 'warning', 'margin-call', 'liquidation', 'bankrupt'] };
    const before = bench.rows(filter);
    expect(before.count).toBeGreaterThan(20);
    for (const format of ['csv', 'parquet', 'json'] as const) {
      const again = new Bench();
      const opened = again.open(bytesOf(bench.file('accounts', format, filter)).buffer);
      expect(opened).toMatchObject({ kind: 'desk-opened', coverage: { loaded: before.count, skipped: 0 } });
      const after = again.rows();
      expect(after.account).toEqual(before.account);
      for (const name of DESK_COLUMNS) if (name !== 'age') expect([...after[name]]).toEqual([...before[name]]);
    }
  });

  it('error: an account that changes while the book is written ends it', () => {
    const made = book(1);
    const bench = new Bench();
    bench.run({ kind: 'load', requestId: 900, name: 'book', text: writeBook(made) });
    expect(bench.ask({ kind: 'desk-open', requestId: 901, source: { kind: 'book' } }).kind).toBe('desk-opened');
    let turns = 0;
    const asset = [...made.assets.keys()][0]!;
    const answer = bench.ask(bench.command('accounts', 'csv'), () => {
      if (++turns === 2)
        bench.run({ kind: 'edit', requestId: 902, edit: { kind: 'balance-set', index: 0, balance: { asset, amount: '7' } } });
    });
    expect(answer).toMatchObject({ kind: 'failed', faults: [{ message: expect.stringContaining('export again') }] });
  });
});

describe('DM-3 exports end', () => {
  it('behavior: cancelled, by the user, by another export, by another book, by closing', () => {
    const ends: ((bench: Bench) => void)[] = [
      (bench) => void bench.run({ kind: 'desk-cancel', requestId: 800 }),
      (bench) => void bench.run({ kind: 'desk-close', requestId: 801 }),
    ];
    for (const end of ends) {
      const bench = new Bench().population(2000);
      const command = bench.command('accounts', 'csv');
      expect(bench.run(command)).toEqual([]);
      for (let i = 0; i < 5; i++) bench.run({ kind: 'desk-work' });
      let frames: readonly Frame[] = [];
      const run = bench.run.bind(bench);
      bench.run = (input) => {
        frames = run(input);
        return frames;
      };
      end(bench);
      expect(frames).toContainEqual({ kind: 'failed', requestId: command.requestId, faults: [{ pointer: '', message: 'cancelled' }] });
    }
    const bench = new Bench().population(2000);
    const first = bench.command('accounts', 'csv');
    bench.run(first);
    expect(bench.run(bench.command('figures', 'csv'))).toContainEqual(
      expect.objectContaining({ kind: 'failed', requestId: first.requestId }),
    );
  });

  it('error: nothing is open; figures as JSON', () => {
    const bench = new Bench();
    expect(bench.ask(bench.command('figures', 'csv'))).toMatchObject({ kind: 'failed', faults: [{ message: 'no accounts are open' }] });
    bench.population(10);
    expect(bench.ask(bench.command('figures', 'json'))).toMatchObject({ kind: 'failed' });
  });
});
