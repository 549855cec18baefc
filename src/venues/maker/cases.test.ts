import { describe, expect, it } from 'vitest';
import { Decimal, ONE } from '../../domain/units.ts';
import { type Case, type Computed, describeOracle, oracleCases, readPlainJson } from '../testing/cases.ts';
import { run } from '../testing/closures.ts';
import { bark } from './bark.ts';
import { maker } from './index.ts';

const fixed = (value: unknown, decimals: number): bigint =>
  BigInt(new Decimal(String(value)).times(new Decimal(10).pow(decimals)).toFixed(0));

function compute({ input }: Case): Record<string, Computed> {
  const vault = {
    ink: input.inkWad === undefined ? fixed(input.ink, 18) : BigInt(String(input.inkWad)),
    art: input.artWad === undefined ? fixed(input.art, 18) : BigInt(String(input.artWad)),
  };
  const found = bark(vault, {
    spot: fixed(input.spot, 27),
    rate: fixed(input.rate, 27),
    dust: fixed(input.dust ?? 0, 45),
    chop: fixed(input.chop ?? 1, 18),
    room: fixed(input.hole ?? 1_000_000, 45),
  });
  if (!found.barked) return { barked: false };
  return { barked: true, artLeft: found.artLeft, inkLeft: found.inkLeft, dirt: found.tab };
}

describeOracle('maker vectors', readPlainJson(new URL('./vectors/cases.json', import.meta.url)) as Case[], compute, 6);
describeOracle('maker oracle cases', oracleCases('defi', 'maker'), compute, 0);

describe('MK-3 dust', () => {
  const ilk = { spot: 10n ** 30n, rate: 10n ** 27n, dust: 200n * 10n ** 45n, chop: 11n * 10n ** 17n, room: 5_000n * 10n ** 45n };
  it('takes all where less than dust would remain', () => {
    expect(bark({ ink: 10n ** 18n, art: 4_700n * 10n ** 18n }, ilk)).toMatchObject({ barked: true, artLeft: 0n });
  });
  it('refuses an auction that would be dust, and one without room', () => {
    expect(bark({ ink: 10n ** 18n, art: 4_700n * 10n ** 18n }, { ...ilk, room: 210n * 10n ** 45n })).toEqual({
      barked: false,
      why: 'dusty auction',
    });
    expect(bark({ ink: 10n ** 18n, art: 4_700n * 10n ** 18n }, { ...ilk, room: 100n * 10n ** 45n })).toEqual({
      barked: false,
      why: 'no room',
    });
  });
});

describe('CL-35 an auction', () => {
  const vault = (debt: string) => ({
    account: {
      id: 'a',
      venue: 'maker',
      positions: [],
      balances: [
        { asset: 'ETH', amount: ONE },
        { asset: 'DAI', amount: new Decimal(debt).negated() },
      ],
    },
    book: {
      format: 'leverage-book/1' as const,
      asOf: '2026-01-01T00:00:00Z',
      instruments: new Map(),
      assets: new Map([
        ['ETH', { symbol: 'ETH', price: new Decimal(2_000), liquidationThreshold: new Decimal('0.6'), loanToValue: new Decimal('0.6') }],
        ['DAI', { symbol: 'DAI', price: ONE }],
      ]),
      accounts: [],
    },
  });
  it('raises debt and penalty, and returns the rest', () => {
    const { account, book } = vault('1300');
    // 1,300 × 1.13 = 1,469 of 2,000 dollars.
    expect(run(maker, account, book).account.balances.map(({ amount }) => amount.toFixed())).toEqual(['0.2655', '0']);
  });
  it('leaves what the collateral does not pay to the surplus buffer', () => {
    const { account, book } = vault('2500');
    const closure = run(maker, account, book);
    expect(closure.end).toBe('bankrupt');
    expect(closure.account.balances.map(({ amount }) => amount.toFixed())).toEqual(['0', '0']);
  });
});
