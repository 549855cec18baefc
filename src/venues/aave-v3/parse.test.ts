import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fault, InputError } from '../../domain/fault.ts';
import { Decimal } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { readJson } from '../../wire/json.ts';
import { readPlainJson } from '../testing/cases.ts';
import { mutations } from '../testing/mutate.ts';
import { aaveV3 } from './index.ts';
import { networks, reserveTerms } from './reserves.ts';
import { assessBook, numberOf } from './testing/families.ts';
import { BASE_CURRENCY, E_MODES } from './testing/market.ts';
import { decodeAccountData } from './tuple.ts';

const AS_OF = '2026-01-01T00:00:00Z';
const parse = (response: unknown, context: object = {}) => aaveV3.parse!(response, { asOf: AS_OF, ...context });
const lossless = (value: unknown): unknown => readJson(JSON.stringify(value));

const faultsOf = (run: () => unknown): readonly Fault[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
  return [];
};

const cases = readPlainJson(new URL('./vectors/cases.json', import.meta.url)) as { id: string; input: { answer?: string } }[];
const ANSWER = cases.find((item) => item.id === 'aave-base-liquidatable')!.input.answer!;

describe('AV-43 the answer of getUserAccountData', () => {
  it('decodes the recorded answer', () => {
    expect(decodeAccountData(ANSWER)).toEqual({
      totalCollateralBase: 14_533_942_611n,
      totalDebtBase: 12_084_228_335n,
      availableBorrowsBase: 0n,
      liquidationThresholdBps: 8_300n,
      loanToValueBps: 8_000n,
      healthFactor: { ok: true, value: 998_257_566_191_544_493n },
    });
    expect(() => decodeAccountData('0x')).toThrow(RangeError);
  });

  it('becomes one collateral and one debt; the account is liquidatable', () => {
    for (const response of [ANSWER, { jsonrpc: '2.0', id: '1', result: ANSWER }]) {
      const assessment = assessBook(parse(response, { accountId: 'whale' }));
      expect(assessment.account).toBe('whale');
      expect(numberOf(assessment.equity)!.toFixed()).toBe('24.49714276');
      expect(numberOf(assessment.healthFactor)!.toFixed(10)).toBe('0.9982575662');
      expect(assessment.pools[0]!.isLiquidatable).toEqual({ ok: true, value: true });
      expect(assessment.uniformShock).toEqual({ ok: false, reason: 'already' });
    }
  });

  const word = (value: bigint): string => value.toString(16).padStart(64, '0');
  const answer = (...values: bigint[]): string => `0x${values.map(word).join('')}`;

  it('only the collateral moves: the shock is 1 ÷ health factor − 1', () => {
    const assessment = assessBook(parse(answer(10n ** 10n, 4n * 10n ** 9n, 0n, 8_000n, 7_500n, 2n * 10n ** 18n)));
    expect(numberOf(assessment.healthFactor)!.toFixed()).toBe('2');
    expect(numberOf(assessment.uniformShock)!.toFixed()).toBe('-0.5');
    expect(numberOf(assessment.freeCollateral)!.toFixed()).toBe('35');
    expect(numberOf(assessment.leverage)!.toFixed(10)).toBe('1.6666666667');
  });

  it('no debt, and nothing at all', () => {
    const free = assessBook(parse(answer(10n ** 10n, 0n, 8n * 10n ** 9n, 8_300n, 8_000n, 2n ** 256n - 1n)));
    expect(free.healthFactor).toEqual({ ok: false, reason: 'no-debt' });
    expect(numberOf(free.marginRatio)!.toFixed()).toBe('0');
    expect(numberOf(free.withdrawable)!.toFixed()).toBe('80');
    const empty = assessBook(parse(answer(0n, 0n, 0n, 0n, 0n, 2n ** 256n - 1n)));
    expect(empty.healthFactor).toEqual({ ok: false, reason: 'no-debt' });
    expect(empty.pools[0]!.isLiquidatable).toEqual({ ok: true, value: false });
    const bare = assessBook(parse(answer(0n, 10n ** 8n, 0n, 0n, 0n, 0n)));
    expect(numberOf(bare.healthFactor)!.toFixed()).toBe('0');
    expect(bare.marginRatio).toEqual({ ok: false, reason: 'no-collateral' });
    expect(bare.pools[0]!.isLiquidatable).toEqual({ ok: true, value: true });
  });
});

const RAY = '1000000000000000000000000000';
const reserve = (over: object) => ({
  underlyingAsset: '0xEEE',
  symbol: 'WETH',
  decimals: 18,
  baseLTVasCollateral: '8000',
  reserveLiquidationThreshold: '8300',
  reserveLiquidationBonus: '10500',
  priceInMarketReferenceCurrency: '200000000000',
  liquidityIndex: RAY,
  variableBorrowIndex: RAY,
  liquidityRate: '0',
  variableBorrowRate: '50000000000000000000000000',
  lastUpdateTimestamp: 1_735_689_600,
  ...over,
});
const META = {
  reservesData: [
    reserve({ originalId: 0 }),
    reserve({ originalId: 1, underlyingAsset: '0xCCC', symbol: 'USDC', decimals: 6, priceInMarketReferenceCurrency: '100000000' }),
  ],
  baseCurrencyData: BASE_CURRENCY,
  eModes: E_MODES,
};
const held = (underlyingAsset: string, supply: string, debt: string, usageAsCollateralEnabledOnUser = true) => ({
  underlyingAsset,
  scaledATokenBalance: supply,
  scaledVariableDebt: debt,
  usageAsCollateralEnabledOnUser,
});

describe('AV-40 to AV-42 user reserves of UiPoolDataProvider', () => {
  const user = {
    userReserves: [held('0xeee', '1000000000000000000', '0'), held('0xccc', '500000000', '1000000000', false)],
    userEmodeCategoryId: 0,
  };

  it('interest runs to the stated time; a supply that is not collateral stays out', () => {
    const book = parse(lossless(user), { meta: lossless(META), asOf: '2026-01-01T00:00:00Z' });
    expect(book.accounts[0]!.balances.map(({ asset, amount }) => [asset, amount.toFixed()])).toEqual([
      ['WETH', '1'],
      // 1 + 0.05 + 0.00125 + 0.0000208333…, in millionths rounded up
      ['USDC', '-1051.270834'],
    ]);
    const assessment = assessBook(book);
    expect(numberOf(assessment.grossNotional)!.toFixed()).toBe('2000');
    expect(numberOf(assessment.healthFactor)!.toFixed(12)).toBe(new Decimal(1660).div('1051.270834').toFixed(12));
  });

  it('without a time, the newest update of any reserve', () => {
    const book = aaveV3.parse!(lossless(user), { meta: lossless(META) });
    expect(book.asOf).toBe('2025-01-01T00:00:00.000Z');
    expect(book.accounts[0]!.balances[1]!.amount.toFixed()).toBe('-1000');
    expect(parse(lossless(user), { meta: lossless(META), asOf: '2024-01-01T00:00:00Z' }).accounts[0]!.balances[1]!.amount.toFixed()).toBe(
      '-1000',
    );
  });

  it('AV-13: a category changes the terms of its reserves', () => {
    const inside = parse(lossless({ ...user, userEmodeCategoryId: 1 }), { meta: lossless(META) });
    expect(inside.accounts[0]!.balances[0]!.liquidationThreshold!.toFixed()).toBe('0.93');
    expect(inside.accounts[0]!.balances[0]!.liquidationBonus!.toFixed()).toBe('0.01');
    const outside = parse(lossless(user), { meta: lossless(META) });
    expect(outside.accounts[0]!.balances[0]!.liquidationThreshold).toBeUndefined();
    expect(outside.assets.get('WETH')!.liquidationThreshold!.toFixed()).toBe('0.83');
  });

  it('AV-13: inside an isolated category other reserves lend nothing and keep their threshold; a ltvzero bit does the same within', () => {
    const category = (over: object) => ({ ...META, eModes: E_MODES.map(({ id, eMode }) => ({ id, eMode: { ...eMode, ...over } })) });
    const termsIn = (over: object) => {
      const book = parse(lossless({ ...user, userEmodeCategoryId: 1 }), { meta: lossless(category(over)) });
      const { loanToValue, liquidationThreshold } = book.accounts[0]!.balances[0]!;
      return [loanToValue?.toFixed(), liquidationThreshold?.toFixed()];
    };
    expect(termsIn({ collateralBitmap: '110', isolated: true })).toEqual(['0', '0.83']);
    expect(termsIn({ collateralBitmap: '110' })).toEqual([undefined, undefined]);
    expect(termsIn({ ltvzeroBitmap: '1' })).toEqual(['0', '0.93']);
  });

  it('supply and debt of one reserve are not netted', () => {
    const both = { userReserves: [held('0xeee', '2000000000000000000', '1000000000000000000')] };
    const assessment = assessBook(parse(lossless(both), { meta: lossless(META), asOf: '2025-01-01T00:00:00Z' }));
    expect(numberOf(assessment.grossNotional)!.toFixed()).toBe('4000');
    expect(numberOf(assessment.healthFactor)!.toFixed()).toBe('1.66');
  });

  it.each<[string, unknown, object, string]>([
    ['no meta', { userReserves: [] }, {}, '/meta'],
    ['an unlisted reserve', { userReserves: [held('0xddd', '1', '0')] }, { meta: lossless(META) }, '/userReserves/0/underlyingAsset'],
    [
      'a balance with a point',
      { userReserves: [held('0xeee', '1.5', '0')] },
      { meta: lossless(META) },
      '/userReserves/0/scaledATokenBalance',
    ],
    ['a negative debt', { userReserves: [held('0xeee', '1', '-1')] }, { meta: lossless(META) }, '/userReserves/0/scaledVariableDebt'],
    [
      'a price in words',
      { userReserves: [] },
      { meta: lossless({ ...META, reservesData: [reserve({ priceInMarketReferenceCurrency: 'x' })] }) },
      '/meta/reservesData/0/priceInMarketReferenceCurrency',
    ],
    ['a time in words', { userReserves: [] }, { meta: lossless(META), asOf: 'now' }, ''],
  ])('error: %s', (_name, response, context, pointer) => {
    expect(faultsOf(() => parse(lossless(response), context)).map((fault) => fault.pointer)).toContain(pointer);
  });
});

describe('AV-44, AV-45 a list of reserves', () => {
  it('terms of the network where the list states none, its own where it does', () => {
    const book = parse({
      user: 'me',
      network: 'ethereum',
      reserves: [
        { symbol: 'WETH', supplied: '10', price: '2500' },
        { symbol: 'LINK', supplied: '100', price: '20', liquidationThreshold: '0.5' },
        { symbol: 'USDC', borrowed: '9000', price: '1' },
      ],
    });
    const weth = reserveTerms('ethereum', 'WETH')!;
    expect(book.accounts[0]!.id).toBe('me');
    expect(book.assets.get('WETH')).toMatchObject(weth);
    expect(book.assets.get('LINK')!.liquidationThreshold!.toFixed()).toBe('0.5');
    const expected = weth.liquidationThreshold.times(25_000).plus(1_000).div(9_000);
    expect(numberOf(assessBook(book).healthFactor)!.toFixed(20)).toBe(expected.toFixed(20));
  });

  it('a category over the assets it names, or over all', () => {
    const list = {
      reserves: [
        { symbol: 'A', supplied: '1', price: '100', loanToValue: '0.5', liquidationThreshold: '0.6' },
        { symbol: 'B', supplied: '1', borrowed: '1', price: '100', loanToValue: '0.5', liquidationThreshold: '0.6' },
      ],
    };
    const health = (eMode?: object) => numberOf(assessBook(parse({ ...list, ...(eMode ? { eMode } : {}) })).healthFactor)!.toFixed();
    const terms = { loanToValue: '0.9', liquidationThreshold: '0.95' };
    expect([health(), health(terms), health({ ...terms, assets: ['A'] })]).toEqual(['1.2', '1.9', '1.55']);
  });

  it('what nobody states stays unknown', () => {
    const assessment = assessBook(
      parse({
        reserves: [
          { symbol: 'A', supplied: '1', price: '100' },
          { symbol: 'USDC', borrowed: '1' },
        ],
      }),
    );
    expect(assessment.healthFactor).toMatchObject({ ok: false });
    expect(assessment.indeterminate.map(({ reason, subject }) => [reason, subject])).toEqual(
      expect.arrayContaining([
        ['missing-threshold', 'A'],
        ['missing-mark', 'USDC'],
      ]),
    );
  });

  it('a supply that is not collateral stays out', () => {
    const book = parse({ reserves: [{ symbol: 'A', supplied: '1', price: '100', isCollateral: false }] });
    expect(book.accounts[0]!.balances).toEqual([]);
  });

  it.each<[string, unknown, object, string]>([
    ['an unknown network', { network: 'mars', reserves: [] }, {}, '/network'],
    ['an unknown field', { reserves: [{ symbol: 'A', suplied: '1' }] }, {}, '/reserves/0/suplied'],
    [
      'a threshold in per cent',
      { reserves: [{ symbol: 'A', supplied: '1', liquidationThreshold: '83' }] },
      {},
      '/reserves/0/liquidationThreshold',
    ],
    ['a price of zero', { reserves: [{ symbol: 'A', price: '0' }] }, {}, '/reserves/0/price'],
    ['no time', { reserves: [] }, { asOf: undefined }, ''],
    ['five words', `0x${'0'.repeat(320)}`, {}, ''],
    ['an error instead of a result', { jsonrpc: '2.0', error: {} }, {}, ''],
    ['a result in words', { result: 'none' }, {}, '/result'],
  ])('error: %s', (_name, response, context, pointer) => {
    expect(faultsOf(() => parse(response, context)).map((fault) => fault.pointer)).toContain(pointer);
  });
});

describe('bundled reserves', () => {
  it('are fractions in order, on seven networks', () => {
    expect(networks).toEqual(['ethereum', 'arbitrum', 'base', 'optimism', 'polygon', 'avalanche', 'bnb']);
    expect(reserveTerms('ethereum', 'constructor')).toBeUndefined();
    expect(reserveTerms('toString', 'WETH')).toBeUndefined();
    const file = readPlainJson(new URL('./tiers.json', import.meta.url)) as { networks: Record<string, Record<string, unknown>> };
    let count = 0;
    for (const [network, reserves] of Object.entries(file.networks)) {
      for (const symbol of Object.keys(reserves)) {
        const { loanToValue, liquidationThreshold, liquidationBonus } = reserveTerms(network, symbol)!;
        expect(loanToValue.lte(liquidationThreshold) && liquidationThreshold.lte(1), symbol).toBe(true);
        expect(liquidationBonus.gte(0) && liquidationBonus.lt('0.2'), symbol).toBe(true);
        count++;
      }
    }
    expect(count).toBe(163);
  });
});

describe('error: anything', () => {
  it('one wrong value gives a book that can be assessed, or an InputError with a pointer: never another failure', () => {
    const user = { userReserves: [held('0xeee', '1000000000000000000', '7')], userEmodeCategoryId: 1 };
    const list = {
      network: 'base',
      reserves: [{ symbol: 'WETH', supplied: '1', borrowed: '2', price: '3' }],
      eMode: { loanToValue: '0.9', liquidationThreshold: '0.95' },
    };
    const documents = [{ response: user, meta: META }, { response: list }, { response: { result: ANSWER } }];
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...documents).chain(mutations), (document) => {
        const { response, meta } = (document ?? {}) as { response?: unknown; meta?: unknown };
        try {
          const book = parse(lossless(response ?? null), meta === undefined ? {} : { meta: lossless(meta) });
          for (const account of book.accounts) assessAccount(account, book, aaveV3.rules);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          refused++;
          expect(error.faults.every((fault) => fault.message !== '')).toBe(true);
        }
      }),
      { numRuns: 2000, seed: 1, endOnFailure: true },
    );
    expect(refused).toBeGreaterThan(300);
  });
});
