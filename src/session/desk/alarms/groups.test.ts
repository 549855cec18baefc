import { expect, it } from 'vitest';
import { isAccountInGroup, readGroupFilter } from '../../../policy/alarms/group.ts';
import { accountAndBook } from '../desk-engine.ts';
import { changeAccount, type OpenDesk } from '../opened.ts';
import { drain, openBookNow } from '../testing/open.ts';
import { randomAccount, randomBook, seeded } from '../testing/random-books.ts';
import { bitAt, DeskGroups } from './groups.ts';

const FILTERS = [
  'venue=okx',
  'venue=nowhere',
  'market=BTC',
  'market=ETH,SOL&side=short',
  'side=long',
  'text=A1',
  'text=fund%203',
  'text=m%C3%BCller',
  'text==a1|A2|a3|a3',
  'venue=okx,bybit,aave-v3&market=BTC&side=long&text=fund',
];

/** Places of the members, by the account itself. */
function membersOf({ kernel }: OpenDesk, filter: string): number[] {
  const group = readGroupFilter(filter);
  if (typeof group === 'string') throw new Error(group);
  return Array.from({ length: kernel.columns.count }, (_, row) => row).filter((row) => {
    const { account, book } = accountAndBook(kernel, row);
    return isAccountInGroup(group, account, book.instruments);
  });
}

it('DA-12: the desk finds the members that the filter lets through, and who of them came and went', () => {
  const next = seeded(21);
  const book = randomBook(next, { accounts: 80, unknownShare: 0.1 });
  const labelled = book.accounts.map((account, i) => ({ ...account, label: ['Fund 3', 'FUND 31', 'Müller', ''][i % 4]! }));
  const open = openBookNow({ ...book, accounts: labelled });
  const { columns, store } = open.kernel;
  const groups = new DeskGroups(open);
  let changed = 0;
  let before: number[][] = [];
  for (let round = 0; round < 6; round++) {
    drain(groups.settle(FILTERS));
    const expected = FILTERS.map((filter) => membersOf(open, filter));
    const found = FILTERS.map((filter) =>
      Array.from({ length: columns.count }, (_, row) => row).filter((row) => {
        const source = columns.accounts.source[row]!;
        groups.reads(store.names.idOf(source), source);
        return groups.has(filter, store.names.idOf(source));
      }),
    );
    expect(found).toEqual(expected);
    const any = new Set(expected.flat());
    for (let row = 0; row < columns.count; row++) expect(bitAt(groups.anyone, columns.accounts.source[row]!)).toBe(any.has(row) ? 1 : 0);
    const isMember = (rows: readonly number[][], row: number): string => rows.map((members) => members.includes(row)).join();
    const rows = Array.from({ length: before.length > 0 ? columns.count : 0 }, (_, row) => row);
    const moved = rows.filter((row) => isMember(before, row) !== isMember(expected, row));
    expect([...groups.takeMoved()].sort()).toEqual(moved.map((row) => columns.accounts.source[row]!).sort());
    changed += moved.length;
    before = expected;
    for (let i = 0; i < 8; i++) {
      const row = Math.floor(next() * columns.count);
      const { account } = accountAndBook(open.kernel, row);
      changeAccount(open, row, { ...randomAccount(next, account.id, account.venue, book.instruments, book.assets), label: account.label! });
    }
  }
  expect(changed).toBeGreaterThan(20);
});

it('DA-12: other filters are found anew, nobody moves by them, and an account that is not known is in none', () => {
  const open = openBookNow(randomBook(seeded(3), { accounts: 20 }));
  const groups = new DeskGroups(open);
  drain(groups.settle(['venue=okx']));
  drain(groups.settle(['text=a']));
  expect(groups.takeMoved().size).toBe(0);
  expect(groups.has('text=a', 'a1')).toBe(false);
  drain(groups.learn(new Set(['a1', 'nobody'])));
  expect(['a1', 'a2', 'nobody'].map((account) => groups.has('text=a', account))).toEqual([true, false, false]);
  expect(groups.has('venue=okx', 'a1')).toBe(false);
  drain(groups.settle([]));
  expect(groups.isEmpty).toBe(true);
});
