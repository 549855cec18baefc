import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fault, InputError } from '../../domain/fault.ts';
import { Decimal } from '../../domain/units.ts';
import { assessAccount } from '../../engine/assess.ts';
import { readJson } from '../../wire/json.ts';
import { difference, readPlainJson } from '../testing/cases.ts';
import { mutations } from '../testing/mutate.ts';
import { buyingPower, marginUsage, parentTotals } from './figures.ts';
import { dydxV4 } from './index.ts';
import { assessBook, type ChildInput, indexerResponse, numberOf } from './testing/families.ts';

const AS_OF = '2024-06-07T06:47:00Z';
const EXACT = { rel: '1e-30' };

interface Recording {
  readonly id: string;
  readonly input: { response: unknown; meta?: unknown };
}
interface Parent {
  readonly equity: string;
  readonly freeCollateral: string;
  readonly childSubaccounts: readonly { subaccountNumber: string; equity: string; freeCollateral: string }[];
}

const recordings = readPlainJson(new URL('./vectors/responses.json', import.meta.url)) as Recording[];
const recording = (id: string): Recording => recordings.find((item) => item.id === id)!;

const parse = (response: unknown, context: object = {}) => dydxV4.parse!(response, { asOf: AS_OF, ...context });
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

describe('recorded responses of the indexer', () => {
  it.each(['real_subscribe_with_multiple_pending', 'real_subscribed'])('DY-20, DY-30: %s, to the digit', (id) => {
    const { response } = recording(id).input;
    const parent = (response as { contents: { subaccount: Parent } }).contents.subaccount;
    const book = parse(response);
    const assessments = assessBook(book);
    const totals = parentTotals(assessments);
    expect(difference(numberOf(totals.equity), parent.equity, EXACT)).toBeUndefined();
    expect(difference(numberOf(totals.freeCollateral), parent.freeCollateral, EXACT)).toBeUndefined();
    for (const child of parent.childSubaccounts.filter((item) => item.equity !== '0')) {
      const figures =
        child.subaccountNumber === '0'
          ? assessments[0]!.pools[0]!
          : (assessments.find((item) => item.account.endsWith(`/${child.subaccountNumber}`)) ?? assessments[0]!.pools.at(-1)!);
      expect(difference(numberOf(figures.equity), child.equity, EXACT), child.subaccountNumber).toBeUndefined();
      expect(difference(numberOf(figures.freeCollateral), child.freeCollateral, EXACT), child.subaccountNumber).toBeUndefined();
    }
  });

  it('DY-21: a child with one position is an isolated position, idle money an account of its own, nothing is dropped', () => {
    const book = parse(recording('real_subscribe_with_multiple_pending').input.response);
    expect(book.accounts.map((account) => account.id)).toEqual(['dydx1recorded/0', 'dydx1recorded/256', 'dydx1recorded/384']);
    const [main] = book.accounts;
    expect(main!.positions.map((position) => [position.instrument, position.marginMode])).toEqual([
      ['dydx:TIA-USD', 'cross'],
      ['dydx:ARB-USD', 'isolated'],
    ]);
    // 2.23112 + 16 × 1.11
    expect(main!.positions[1]!.isolatedMargin!.toFixed()).toBe('19.99112');
    // 1004.771214 + 0.5 × 10.51, marked derived
    expect(main!.balances).toEqual([{ asset: 'USDC', amount: new Decimal('1010.026214'), derived: true }]);
  });

  it('DY-22: oracle price from meta, fractions too', () => {
    const { response, meta } = recording('rest_subaccount').input;
    const [idle] = assessBook(parse(response, { meta }));
    expect(numberOf(idle!.equity)!.toFixed()).toBe('45.201296');
    expect(numberOf(idle!.freeCollateral)!.toFixed()).toBe('45.201296');
    const held = {
      subaccount: {
        address: 'a',
        subaccountNumber: '3',
        openPerpetualPositions: { 'BTC-USD': { market: 'BTC-USD', status: 'OPEN', side: 'LONG', size: '0.001', entryPrice: '90000' } },
        assetPositions: { USDC: { symbol: 'USDC', side: 'SHORT', size: '80' } },
      },
    };
    const book = parse(held, { meta, accountId: 'mine' });
    const [assessment] = assessBook(book);
    expect(assessment!.account).toBe('mine');
    expect(numberOf(assessment!.equity)!.toFixed()).toBe('9.9192');
    expect(difference(numberOf(assessment!.initialMargin), '1.798384', EXACT)).toBeUndefined();
    expect(numberOf(assessment!.maintenanceMargin)!.toFixed()).toBe('1.0790304');
  });
});

describe('figures', () => {
  const long = (over: object = {}) => ({ market: 'ETH-USD', size: '1', oraclePrice: '1000', imf: '0.05', mmf: '0.03', ...over });
  const child = (subaccountNumber: number, quoteBalance: string, positions: ChildInput['positions']): ChildInput => ({
    subaccountNumber,
    quoteBalance,
    positions,
  });

  it('DY-21: an isolated child and the same subaccount alone have one liquidation price', () => {
    const isolated = child(128, '-900', [long()]);
    const parent = indexerResponse([child(0, '100', []), isolated], true);
    const alone = indexerResponse([isolated], false);
    const [folded] = assessBook(parse(parent.response, { meta: parent.meta }));
    const [own] = assessBook(parse(alone.response, { meta: alone.meta }));
    expect(folded!.positions[0]!.liquidationPrice).toEqual(own!.positions[0]!.liquidationPrice);
    expect(folded!.pools.map((pool) => pool.id)).toEqual(['cross', 'isolated:dydx:ETH-USD:0']);
    expect(numberOf(folded!.equity)!.toFixed()).toBe('100');
  });

  it('DY-21: a child with several positions shares its collateral among them alone', () => {
    const several = child(256, '-1500', [long(), long({ market: 'BTC-USD', oraclePrice: '600' })]);
    const { response, meta } = indexerResponse([child(0, '5000', []), several], true);
    const assessments = assessBook(parse(response, { meta }));
    expect(assessments.map((item) => [item.account, item.positions.length])).toEqual([
      ['dydx1case/0', 0],
      ['dydx1case/256', 2],
    ]);
    expect(numberOf(parentTotals(assessments).equity)!.toFixed()).toBe('5100');
  });

  it('DY-20: all subaccounts of an address, one account a parent', () => {
    const { response } = indexerResponse([child(0, '10', []), child(129, '-900', [long()]), child(1, '20', [])], true);
    const { childSubaccounts } = (response as { subaccount: { childSubaccounts: unknown[] } }).subaccount;
    const book = parse({ subaccounts: childSubaccounts }, { meta: indexerResponse([child(0, '0', [long()])], false).meta });
    expect(book.accounts.map((account) => [account.id, account.positions.length])).toEqual([
      ['dydx1case/0', 0],
      ['dydx1case/1', 1],
    ]);
    expect(parse({ subaccounts: childSubaccounts.slice(0, 1) }, { accountId: 'x' }).accounts[0]!.id).toBe('x');
  });

  it('DY-11, DY-23: open interest between the caps raises initial margin, not maintenance', () => {
    const { response, meta } = indexerResponse([child(0, '0', [long()])], false);
    const market = (meta as { markets: Record<string, object> }).markets['ETH-USD']!;
    Object.assign(market, { openInterest: '1500', openInterestLowerCap: '1000000', openInterestUpperCap: '2000000' });
    const [assessment] = assessBook(parse(response, { meta }));
    expect(difference(numberOf(assessment!.initialMargin), '525', EXACT)).toBeUndefined();
    expect(difference(numberOf(assessment!.maintenanceMargin), '30', EXACT)).toBeUndefined();
  });

  it('DY-31, DY-32: margin usage and buying power say why they have no number', () => {
    const { response, meta } = indexerResponse([child(0, '-1100', [long()])], false);
    const pool = assessBook(parse(response, { meta }))[0]!.pools[0]!;
    expect(marginUsage(pool)).toEqual({ ok: false, reason: 'insolvent' });
    expect(buyingPower(pool, new Decimal(0))).toEqual({ ok: false, reason: 'not-applicable' });
  });

  it('DY-2: a market that is not bundled and has no meta is indeterminate, not free', () => {
    const { response } = indexerResponse([child(0, '100', [long({ market: 'NEW-USD' })])], false);
    const positions = (response as { subaccount: { openPerpetualPositions: Record<string, object> } }).subaccount.openPerpetualPositions;
    Object.assign(positions['NEW-USD']!, { unrealizedPnl: '0' });
    const [assessment] = assessBook(parse(response));
    expect(assessment!.maintenanceMargin).toEqual({ ok: false, reason: 'missing-tiers', subject: 'dydx:NEW-USD' });
  });

  it('DY-22: no oracle price from either side leaves the equity unknown', () => {
    const { response } = indexerResponse([child(0, '100', [long()])], false);
    const [assessment] = assessBook(parse(response));
    expect(assessment!.equity).toEqual({ ok: false, reason: 'missing-mark', subject: 'dydx:ETH-USD' });
  });
});

describe('error: input that cannot be read', () => {
  const position = { market: 'ETH-USD', status: 'OPEN', side: 'LONG', size: '1', entryPrice: '1000', unrealizedPnl: '0' };
  const subaccount = (over: object) => ({ subaccount: { address: 'a', subaccountNumber: '0', ...over } });

  it.each<[string, unknown, object, string]>([
    ['no time', subaccount({}), { asOf: undefined }, ''],
    ['nothing known', { hello: '1' }, {}, ''],
    ['a list', [], {}, ''],
    [
      'a size in words',
      subaccount({ openPerpetualPositions: { 'ETH-USD': { ...position, size: 'much' } } }),
      {},
      '/subaccount/openPerpetualPositions/ETH-USD/size',
    ],
    [
      'an entry price of zero',
      subaccount({ openPerpetualPositions: { 'ETH-USD': { ...position, entryPrice: '0' } } }),
      {},
      '/subaccount/openPerpetualPositions/ETH-USD/entryPrice',
    ],
    [
      'a long below zero',
      subaccount({ openPerpetualPositions: { 'ETH-USD': { ...position, size: '-1' } } }),
      {},
      '/subaccount/openPerpetualPositions/ETH-USD/size',
    ],
    [
      'a side in between',
      subaccount({ openPerpetualPositions: { 'ETH-USD': { ...position, side: 'BOTH' } } }),
      {},
      '/subaccount/openPerpetualPositions/ETH-USD/side',
    ],
    [
      'a profit that implies a negative price',
      subaccount({ openPerpetualPositions: { 'ETH-USD': { ...position, unrealizedPnl: '-1000' } } }),
      {},
      '/subaccount/openPerpetualPositions/ETH-USD/unrealizedPnl',
    ],
    [
      'another collateral',
      subaccount({ assetPositions: { ETH: { symbol: 'ETH', side: 'LONG', size: '1' } } }),
      {},
      '/subaccount/assetPositions/ETH/symbol',
    ],
    ['half a subaccount number', { subaccount: { address: 'a', subaccountNumber: '0.5' } }, {}, '/subaccount/subaccountNumber'],
    [
      'a child without an address',
      { contents: { subaccount: { childSubaccounts: [{ subaccountNumber: '0' }] } } },
      {},
      '/contents/subaccount/childSubaccounts/0/address',
    ],
    [
      'meta without the market',
      subaccount({ openPerpetualPositions: { 'ETH-USD': position } }),
      { meta: { markets: {} } },
      '/subaccount/openPerpetualPositions/ETH-USD/market',
    ],
    [
      'meta with a fraction above one',
      subaccount({}),
      { meta: { markets: { 'ETH-USD': { initialMarginFraction: '1.5', maintenanceMarginFraction: '0.03' } } } },
      '/meta/markets/ETH-USD/initialMarginFraction',
    ],
    ['meta without fractions', subaccount({}), { meta: { markets: { 'ETH-USD': {} } } }, '/meta/markets/ETH-USD/initialMarginFraction'],
  ])('%s', (_name, response, context, pointer) => {
    const faults = faultsOf(() => parse(response, context));
    expect(faults.map((fault) => fault.pointer)).toContain(pointer);
    expect(faults.every((fault) => fault.message.length > 0)).toBe(true);
  });

  it('DY-25: bundled fractions that the reported free collateral contradicts, and the same with meta', () => {
    const held = { equity: '1000', openPerpetualPositions: { 'ETH-USD': position } };
    const reported = (freeCollateral: string) => subaccount({ ...held, freeCollateral });
    const faults = faultsOf(() => parse(reported('950')));
    expect(faults[0]!.pointer).toBe('/subaccount/freeCollateral');
    expect(faults[0]!.message).toContain('give the response of /v4/perpetualMarkets as meta');
    const meta = { markets: { 'ETH-USD': { oraclePrice: '1000', initialMarginFraction: '0.05', maintenanceMarginFraction: '0.03' } } };
    expect(parse(reported('950'), { meta }).accounts).toHaveLength(1);
    // the bundled 2 %, and a response whose totals lag behind its positions
    expect(parse(reported('980')).accounts).toHaveLength(1);
    expect(parse(reported('1000')).accounts).toHaveLength(1);
  });

  it('DY-25: an equity that the rows do not add up to', () => {
    const held = { equity: '1100', openPerpetualPositions: { 'ETH-USD': position } };
    expect(faultsOf(() => parse(subaccount(held)))).toEqual([
      { pointer: '/subaccount/equity', message: 'reports an equity of 1100, its balance and positions give 1000' },
    ]);
    const cash = { USDC: { symbol: 'USDC', side: 'LONG', size: '100' } };
    expect(parse(subaccount({ ...held, assetPositions: cash })).accounts).toHaveLength(1);
    expect(faultsOf(() => parse(subaccount({ equity: '5' })))[0]!.pointer).toBe('/subaccount/equity');
  });

  it('numbers that JSON writes bare are read by their text', () => {
    const text =
      '{"subaccount":{"address":"a","subaccountNumber":0,"assetPositions":{"USDC":{"symbol":"USDC","side":"LONG","size":0.1000000000000000000001}}}}';
    expect(parse(readJson(text)).accounts[0]!.balances[0]!.amount.toFixed()).toBe('0.1000000000000000000001');
  });

  it('a position that is closed or empty is not a position', () => {
    const book = parse(subaccount({ openPerpetualPositions: { A: { ...position, status: 'CLOSED' }, B: { ...position, size: '0' } } }));
    expect(book.accounts[0]!.positions).toEqual([]);
    expect(book.instruments.size).toBe(0);
  });
});

describe('error: anything', () => {
  it('one wrong value gives a book that can be assessed, or an InputError with a pointer: never another failure', () => {
    const documents = recordings.map(({ input }) => ({ response: input.response, ...(input.meta ? { meta: input.meta } : {}) }));
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...documents).chain(mutations), (document) => {
        const { response, meta } = (document ?? {}) as { response?: unknown; meta?: unknown };
        try {
          const book = parse(lossless(response ?? null), meta === undefined ? {} : { meta: lossless(meta) });
          for (const account of book.accounts) assessAccount(account, book, dydxV4.rules);
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
