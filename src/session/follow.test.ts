/** WL-9 to WL-12: the margin page's account that follows its address. */
import { describe, expect, it } from 'vitest';
import type { Book } from '../domain/book.ts';
import { d } from '../engine/testing/books.ts';
import { readBook } from '../formats/leverage-book.ts';
import { createAlarmWatch } from './alarms/alarm-watch.ts';
import type { SessionInput } from './protocol.ts';
import { AS_OF_MS, bookText, FLUSH, feed, MIXED_BOOK, Run, tick } from './testing/fixtures.ts';

const ADDRESS = 'hyperliquid:0xabc';
const BOOK = readBook(bookText({ ...MIXED_BOOK, accounts: MIXED_BOOK.accounts.filter(({ venue }) => venue === 'hyperliquid') }));
const show: SessionInput = { kind: 'take-book', requestId: 9, name: 'Hyperliquid 0xabc', book: BOOK, selected: 'perp', follows: ADDRESS };
/** The reading `seconds` after the first, with changes of its account. */
const read = (seconds: number, change: (book: Book) => Book = (book) => book): SessionInput => ({
  kind: 'refresh-book',
  requestId: 0,
  name: 'Hyperliquid 0xabc',
  book: { ...change(BOOK), asOf: new Date(AS_OF_MS + seconds * 1_000).toISOString() },
  follows: ADDRESS,
});
const withAccount =
  (change: (account: Book['accounts'][number]) => Partial<Book['accounts'][number]>) =>
  (book: Book): Book => ({
    ...book,
    accounts: book.accounts.map((account) => ({ ...account, ...change(account) })),
  });
const richer = withAccount(() => ({ balances: [{ asset: 'USDC', amount: d(70_000) }] }));
const marked =
  (price: string) =>
  (book: Book): Book => ({
    ...book,
    instruments: new Map([...book.instruments].map(([id, one]) => [id, id === 'hl:BTC' ? { ...one, markPrice: d(price) } : one])),
  });
const shown = (): Run => {
  const run = new Run();
  expect(run.send(show)).toEqual([{ kind: 'done', requestId: 9 }]);
  return run;
};
const followed = (run: Run) => run.state.loaded?.followed;

describe('WL-9 shown and followed', () => {
  it('a new reading takes the place of the one before: holdings, marks and its time', () => {
    const run = shown();
    expect(run.send(read(30, (book) => marked('70000')(richer(book))))).toEqual([]);
    const { asOf, account } = run.snapshot();
    expect(asOf).toBe('2026-02-05T18:34:30.000Z');
    expect([account?.balances.amount.text, account?.positions.markPrice.text[0]]).toEqual([['70000'], '70000']);
    expect(followed(run)).toEqual({ address: ADDRESS, left: '' });
  });
  it('selection, history, undo and the what-if of moves go on; a what-if of edits ends and says so', () => {
    const run = shown();
    run.send(feed([tick('BTC', '66000')]), FLUSH, { kind: 'what-if', requestId: 3, spec: { all: '-0.1', moves: {} } });
    const { history } = run.state;
    expect(run.send(read(30, richer))).toEqual([]);
    expect(run.state.history).toBe(history);
    expect(run.state.whatIf).not.toBeNull();
    expect(run.snapshot().canUndo).toBe(false);
    const edits = [{ kind: 'balance-set', index: 0, balance: { amount: '1' } }] as const;
    run.send({ kind: 'what-if', requestId: 4, spec: { all: '0', moves: {}, edits } });
    expect(run.send(read(31, richer))).toMatchObject([{ kind: 'what-if', spec: null }]);
  });
  it('alarms go on: it is the same book to them', () => {
    const run = shown();
    const before = run.state;
    run.send(read(30, richer));
    expect(run.state.loaded?.original).toBe(before.loaded?.original);
    expect(createAlarmWatch().follow(read(30, richer), before, run.state, AS_OF_MS)).toEqual([]);
  });
  it('a position that is the same keeps its key; one that is new has another', () => {
    const run = shown();
    const before = run.account().positions.key;
    run.send(
      read(
        30,
        withAccount(({ positions }) => ({
          positions: [positions[2]!, { ...positions[0]!, size: positions[0]!.size.negated() }, { ...positions[1]!, size: d(9) }],
        })),
      ),
    );
    expect(run.account().positions.key).toEqual([before[2], 'hl:BTC+1', before[1]]);
  });
  it('shown once more, or found again after a restart, it goes on; another account begins anew', () => {
    const run = shown();
    run.send(feed([tick('BTC', '66000')]), FLUSH);
    const { history } = run.state;
    expect(run.send({ ...show, requestId: 10 } as SessionInput)).toEqual([{ kind: 'done', requestId: 10 }]);
    expect(run.state.history).toBe(history);
    run.send({ kind: 'load', requestId: 11, name: 'mine', text: bookText() });
    expect(followed(run)).toBeUndefined();
    run.send(show);
    expect([followed(run)?.left, run.state.loaded?.name]).toEqual(['', 'Hyperliquid 0xabc']);
    expect(() => run.send({ ...show, selected: 'nobody' } as SessionInput)).toThrow();
  });
});

describe('WL-10 prices', () => {
  it('a feed’s ticks stay over the marks of a reading', () => {
    const run = shown();
    run.send(feed([tick('BTC', '66000')]), read(30, marked('70000')));
    expect(run.account().positions.markPrice.text[0]).toBe('66000');
  });
  it('an older reading changes nothing', () => {
    const run = shown();
    run.send(read(30, marked('70000')));
    const { loaded } = run.state;
    run.send(read(29, marked('60000')));
    expect(run.state.loaded).toBe(loaded);
  });
});

describe('WL-11, WL-12 where it ends', () => {
  it('an edit by hand ends it, undone or not, and says so; readings change nothing then', () => {
    const run = shown();
    run.send({ kind: 'edit', requestId: 2, edit: { kind: 'balance-set', index: 0, balance: { amount: '5' } } });
    expect(followed(run)?.left).toMatch(/changed here/);
    run.send(read(30, richer));
    expect(run.account().balances.amount.text).toEqual(['5']);
    run.send({ kind: 'edit', requestId: 3, edit: { kind: 'undo' } }, read(31, richer));
    expect(run.account().balances.amount.text).toEqual(['60000']);
    run.send(show);
    expect(followed(run)).toEqual({ address: ADDRESS, left: '' });
  });
  it('another book ends it, and so does a reading without the account, which stays as it was', () => {
    const run = shown();
    run.send(read(30, (book) => ({ ...book, accounts: [{ ...book.accounts[0]!, id: 'other' }] })));
    expect(followed(run)?.left).toMatch(/no more/);
    expect(run.account().id).toBe('perp');
    run.send({ kind: 'load', requestId: 2, name: 'mine', text: bookText() }, read(31, richer));
    expect(run.account().balances.amount.text).toEqual(['60000']);
  });
  it('a reading of another address is nobody’s here', () => {
    const run = shown();
    run.send({ ...read(30, richer), follows: 'hyperliquid:0xother' } as SessionInput);
    expect(run.account().balances.amount.text).toEqual(['60000']);
    expect(new Run().send(read(1))).toEqual([]);
    expect(run.send({ ...read(32, richer), requestId: 7 } as SessionInput)).toEqual([{ kind: 'done', requestId: 7 }]);
  });
});
