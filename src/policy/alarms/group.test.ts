import { describe, expect, it } from 'vitest';
import type { Account, Book, Position } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import { groupsOver, readGroupFilter } from './group.ts';
import { createAlarmMachine } from './machine.ts';
import { DEFAULT_RULES } from './rules.ts';

const instruments = new Map(['BTC', 'ETH'].map((base) => [base, { base }])) as unknown as Book['instruments'];
const position = (instrument: string, size: number): Position => ({
  instrument,
  size: new Decimal(size),
  entryPrice: new Decimal(1),
  marginMode: 'cross',
});
const account = (id: string, venue: string, positions: readonly Position[], label?: string): Account => ({
  id,
  venue,
  balances: [],
  positions,
  ...(label === undefined ? {} : { label }),
});
const ACCOUNTS = [
  account('a1', 'okx', [position('BTC', 1), position('ETH', -1)], 'Blue Fund'),
  account('A2', 'bybit', [position('BTC', -2)], 'Müller & Söhne'),
  account('a3', 'okx', [position('ETH', 0)]),
];

describe('AL-24 groups', () => {
  it.each([
    ['venue=okx', ['a1', 'a3']],
    ['venue=okx,bybit', ['a1', 'A2', 'a3']],
    ['market=BTC', ['a1', 'A2']],
    ['market=BTC&side=long', ['a1']],
    ['market=ETH&side=long', []],
    ['side=short', ['a1', 'A2']],
    ['market=ETH', ['a1']],
    ['text=fUNd', ['a1']],
    ['text=a2', ['A2']],
    ['text=M%C3%BCLLER%20%26', ['A2']],
    ['text==a1|a3|a2', ['a1', 'a3']],
    ['venue=okx&text=a3', ['a3']],
  ])('%s', (filter, ids) => {
    const isInGroup = groupsOver((id) => {
      const found = ACCOUNTS.find((one) => one.id === id);
      return found && { account: found, instruments };
    });
    expect(ACCOUNTS.filter(({ id }) => isInGroup(filter, id)).map(({ id }) => id)).toEqual(ids);
    expect(isInGroup(filter, 'nobody')).toBe(false);
  });

  it.each([
    ['state=watch', 'moves with prices'],
    ['venue=okx&range=leverage:5:20', 'moves with prices'],
    ['rung=BTC:0:-0.1', 'moves with prices'],
    ['watched=1', 'one browser'],
    ['everybody', 'no field'],
    ['constructor=1', 'no field'],
    ['venue=', 'names nothing'],
    ['venue=okx,', 'a name is empty'],
    ['venue=a&venue=b', 'twice'],
    ['side=up', 'long or short'],
    ['side=any', 'long or short'],
    ['text=%zz', 'hexadecimal'],
    ['', 'no field'],
  ])('%s is refused', (filter, sentence) => {
    expect(readGroupFilter(filter)).toContain(sentence);
    expect(groupsOver(() => ({ account: ACCOUNTS[0]!, instruments }))(filter, 'a1')).toBe(false);
  });

  it('an account that leaves its group loses the alarm at the next look, also where its figures stay', () => {
    let holder = ACCOUNTS[0]!;
    const isInGroup = groupsOver(() => ({ account: holder, instruments }));
    const own = {
      ...DEFAULT_RULES.rules[3]!,
      scope: { kind: 'group', filter: 'market=BTC&side=long' },
      onDelayMs: 0,
      offDelayMs: 0,
    } as const;
    const machine = createAlarmMachine({ ...DEFAULT_RULES, rules: [own] }, { isInGroup });
    const subject = { kind: 'pool', account: 'a1', pool: 'cross', venue: 'okx', markets: ['BTC'] } as const;
    const look = (sequence: number) =>
      machine
        .evaluate({
          sequence,
          timeMs: sequence * 1_000,
          readings: [{ subject, values: { marginRatio: 0.6 }, knowledge: 'known', venueState: 'open' }],
        })
        .map((event) => (event.kind === 'flood' ? 'flood' : event.to));
    expect(look(1)).toEqual(['warning']);
    expect(look(2)).toEqual([]);
    holder = account('a1', 'okx', [position('BTC', -1)]);
    machine.regroup();
    expect(look(3)).toEqual(['healthy']);
    holder = ACCOUNTS[0]!;
    machine.regroup();
    expect(look(4)).toHaveLength(1);
  });
});
