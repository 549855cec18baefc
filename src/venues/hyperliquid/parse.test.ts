import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { Decimal } from '../../domain/units.ts';
import { readJson } from '../../wire/json.ts';
import type { ParseContext } from '../venue.ts';
import { parseHyperliquid } from './parse.ts';
import { assessBook } from './testing/recorded.ts';

type Row = Record<string, unknown>;

/** BTC short 1.5 at 100,000, marked 90,000: 15,000 of profit. */
const BTC: Row = {
  coin: 'BTC',
  szi: '-1.5',
  entryPx: '100000.0',
  positionValue: '135000.0',
  unrealizedPnl: '15000.0',
  marginUsed: '6750.0',
  maxLeverage: 40,
  leverage: { type: 'cross', value: 20 },
};

/** DYDX long 1,000 at 0.20 with 60 dollars, marked 0.25. */
const DYDX: Row = {
  coin: 'DYDX',
  szi: '1000.0',
  entryPx: '0.2',
  positionValue: '250.0',
  unrealizedPnl: '50.0',
  marginUsed: '110.0',
  maxLeverage: 5,
  leverage: { type: 'isolated', value: 3, rawUsd: '-140.0' },
};

const TIME = 1768397010203;

const state = (rows: readonly Row[], totals: Row = {}): Row => ({
  assetPositions: rows.map((position) => ({ type: 'oneWay', position })),
  crossMarginSummary: { accountValue: '40000.0', totalNtlPos: '135000.0', totalMarginUsed: '6750.0', totalRawUsd: '175000.0' },
  crossMaintenanceMarginUsed: '1687.5',
  time: TIME,
  ...totals,
});

const parse = (response: unknown, context: Omit<ParseContext, 'meta'> & { meta?: unknown } = {}): Book =>
  parseHyperliquid(readJson(JSON.stringify(response)), {
    ...context,
    ...(context.meta === undefined ? {} : { meta: readJson(JSON.stringify(context.meta)) }),
  });

const faultsOf = (run: () => unknown): readonly { pointer: string; message: string }[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
  throw new Error('was accepted');
};

const position = (book: Book, coin: string) => book.accounts[0]!.positions.find(({ instrument }) => instrument === `hl:${coin}`)!;
const instrument = (book: Book, coin: string) => book.instruments.get(`hl:${coin}`)!;

describe('HL-9 what a response becomes', () => {
  const book = parse(state([BTC, DYDX]), { accountId: 'a' });

  it('default: the balance is the venue’s equity less our profit, marked derived', () => {
    expect(book.accounts[0]!.balances).toEqual([{ asset: 'USDC', amount: new Decimal('25000'), derived: true }]);
    expect(book.accounts[0]).toMatchObject({ id: 'a', venue: 'hyperliquid' });
    expect(book.asOf).toBe('2026-01-14T13:23:30.203Z');
  });

  it('default: marks are positionValue ÷ |size|, isolated margin is cash + size × entry', () => {
    expect(instrument(book, 'BTC')).toMatchObject({ base: 'BTC', settle: 'USDC', contract: 'linear', markPrice: new Decimal('90000') });
    expect(position(book, 'DYDX')).toMatchObject({ marginMode: 'isolated', isolatedMargin: new Decimal('60') });
    const assessment = assessBook(book);
    expect(assessment.equity).toEqual({ ok: true, value: new Decimal('40000') });
    expect(assessment.pools[1]!.equity).toEqual({ ok: true, value: new Decimal('110') });
  });

  it('behavior: float artefacts of the server do not reach the mark', () => {
    const row = { ...BTC, positionValue: '135000.0000000003' };
    expect(instrument(parse(state([row])), 'BTC').markPrice!.toFixed()).toBe('90000');
  });

  it('behavior: an entry cut to a few digits is restored from the profit, and one that does not belong to it is kept', () => {
    expect(position(parse(state([{ ...BTC, unrealizedPnl: '15000.03' }])), 'BTC').entryPrice.toFixed()).toBe('100000.02');
    expect(position(parse(state([{ ...BTC, unrealizedPnl: '14000.0' }])), 'BTC').entryPrice.toFixed()).toBe('100000');
  });

  it.each([null, '0.0', undefined])('behavior: without an entry (%s) the profit gives it', (entryPx) => {
    expect(position(parse(state([{ ...BTC, entryPx }])), 'BTC').entryPrice.toFixed()).toBe('100000');
  });

  it('behavior: without an entry and a profit the entry is the mark', () => {
    expect(position(parse(state([{ ...BTC, entryPx: null, unrealizedPnl: null }])), 'BTC').entryPrice.toFixed()).toBe('90000');
  });

  it('behavior: isolated margin from its equity where the cash is not served', () => {
    const row = { ...DYDX, leverage: { type: 'isolated', value: 3 } };
    expect(position(parse(state([BTC, row])), 'DYDX').isolatedMargin!.toFixed()).toBe('60');
  });

  it('behavior: a row of size zero is no position', () => {
    expect(parse(state([BTC, { ...DYDX, szi: '0.0', positionValue: '0.0' }])).accounts[0]!.positions).toHaveLength(1);
  });

  it('behavior: an account without positions is its balance', () => {
    const empty = state([], { crossMarginSummary: { accountValue: '12.5', totalNtlPos: '0.0' }, crossMaintenanceMarginUsed: '0.0' });
    expect(parse(empty).accounts[0]).toMatchObject({ balances: [{ asset: 'USDC', amount: new Decimal('12.5') }], positions: [] });
  });

  it('behavior: the caller’s time where the response has none, and an error where neither has', () => {
    expect(parse(state([BTC], { time: undefined }), { asOf: '2026-05-01T00:00:00Z' }).asOf).toBe('2026-05-01T00:00:00Z');
    expect(faultsOf(() => parse(state([BTC], { time: undefined })))[0]!.pointer).toBe('/time');
  });

  it('property: engine equity is the venue’s, whatever the sizes, prices and rounding', () => {
    let reached = 0;
    const amount = fc.integer({ min: 1, max: 2 ** 40 });
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 10 ** 9 }), amount, fc.boolean(), (size, price, value, isShort) => {
        const szi = new Decimal(size).div(10_000).times(isShort ? -1 : 1);
        const mark = new Decimal(price).div(1000);
        const notional = szi.abs().times(mark).toDecimalPlaces(6);
        const row = {
          ...BTC,
          szi: szi.toFixed(),
          positionValue: notional.toFixed(),
          entryPx: mark.times('0.97').toFixed(3),
          unrealizedPnl: '1.5',
          maxLeverage: 3,
        };
        const totals = {
          crossMarginSummary: { accountValue: String(value), totalNtlPos: notional.toFixed() },
          crossMaintenanceMarginUsed: undefined,
        };
        if (notional.isZero() || row.entryPx === '0.000') return;
        const equity = assessBook(parse(state([row], totals))).equity;
        // A mark that does not terminate is cut at 40 digits; marks of the venue terminate.
        expect(equity.ok && equity.value.minus(value).abs().lte(notional.plus(value).times('1e-36'))).toBe(true);
        reached++;
      }),
    );
    expect(reached).toBeGreaterThanOrEqual(80);
  });
});

describe('HL-5 a position’s own maximum leverage', () => {
  const own = (row: Row) => position(parse(state([row], { crossMaintenanceMarginUsed: undefined })), String(row.coin));

  it('default: the leverage of the row reached now is the market’s own table', () => {
    expect(own(BTC)).not.toHaveProperty('maxLeverage');
    const large = { ...BTC, szi: '-2000.0', positionValue: '180000000.0', unrealizedPnl: '20000000.0', maxLeverage: 20 };
    const totals = {
      crossMarginSummary: { accountValue: '40000000.0', totalNtlPos: '180000000.0' },
      crossMaintenanceMarginUsed: '2625000.0',
    };
    expect(position(parse(state([large], totals)), 'BTC')).not.toHaveProperty('maxLeverage');
  });

  it('behavior: any other leverage is a table of one row', () => {
    expect(own({ ...BTC, maxLeverage: 50 })).toMatchObject({ maxLeverage: new Decimal(50) });
    expect(own({ ...BTC, maxLeverage: 20 })).toMatchObject({ maxLeverage: new Decimal(20) });
  });

  it('behavior: the market’s former table where that has it', () => {
    const wif = own({ ...BTC, coin: 'WIF', maxLeverage: 10 });
    expect(wif).not.toHaveProperty('maxLeverage');
    expect(wif.tiers!.map((tier) => tier.maxLeverage!.toFixed())).toEqual(['10', '5']);
  });

  it('behavior: a market that no table knows stands on its own leverage; without one it is indeterminate', () => {
    expect(own({ ...BTC, coin: 'flx:NEW', maxLeverage: 10 })).toMatchObject({ maxLeverage: new Decimal(10) });
    const unknown = parse(state([{ ...BTC, coin: 'flx:NEW', maxLeverage: null }], { crossMaintenanceMarginUsed: undefined }));
    expect(assessBook(unknown).maintenanceMargin).toEqual({ ok: false, reason: 'missing-tiers', subject: 'hl:flx:NEW' });
  });
});

describe('HL-10 wrappings', () => {
  const META = {
    universe: [{ name: 'BTC', maxLeverage: 40, marginTableId: 56 }],
    marginTables: [[56, { description: '', marginTiers: [{ lowerBound: '0.0', maxLeverage: 40 }] }]],
  };

  it('behavior: beside other answers, with their meta and user', () => {
    const book = parse({
      clearinghouseState: state([BTC]),
      user: '0xabc',
      meta: META,
      assetCtxs: [{ markPx: '90000.0', oraclePx: '90010.0' }],
    });
    expect(book.accounts[0]!.id).toBe('0xabc');
    expect(instrument(book, 'BTC').tiers).toHaveLength(1);
    expect(instrument(book, 'BTC').indexPrice!.toFixed()).toBe('90010');
  });

  it('behavior: as the data of a message', () => {
    expect(
      parse({ channel: 'clearinghouseState', data: { dex: '', clearinghouseState: state([BTC]) } }).accounts[0]!.positions,
    ).toHaveLength(1);
    const bad = { channel: 'webData2', data: { clearinghouseState: state([{ ...BTC, szi: 'x' }]) } };
    expect(faultsOf(() => parse(bad))[0]!.pointer).toBe('/data/clearinghouseState/assetPositions/0/position/szi');
  });
});

describe('HL-11 meta', () => {
  const TABLE = [
    57,
    {
      description: 'tiered 30x',
      marginTiers: [
        { lowerBound: '0.0', maxLeverage: 30 },
        { lowerBound: '100000.0', maxLeverage: 15 },
      ],
    },
  ];
  const META = { universe: [{ name: 'BTC', maxLeverage: 30, marginTableId: 57 }], marginTables: [TABLE] };
  const CONTEXTS = [{ markPx: '90000.0', oraclePx: '90001.0', funding: '0.0' }];
  const row = { ...BTC, maxLeverage: 15 };
  const response = state([row], { crossMaintenanceMarginUsed: '2833.333333' });

  it.each([
    ['meta', META],
    ['metaAndAssetCtxs', [META, CONTEXTS]],
    ['allPerpMetas', [{ universe: [{ name: 'ETH', marginTableId: 25 }] }, META, null]],
    [
      'pairs',
      [
        [META, CONTEXTS],
        [{ universe: [] }, []],
      ],
    ],
    ['recordings', { source: 'x', captures: [META] }],
    ['{ meta, assetCtxs }', { meta: META, assetCtxs: CONTEXTS }],
  ])('default: %s replaces the bundled table', (_name, meta) => {
    const book = parse(response, { meta });
    expect(instrument(book, 'BTC').tiers!.map((tier) => tier.maxLeverage!.toFixed())).toEqual(['30', '15']);
    expect(position(book, 'BTC')).not.toHaveProperty('maxLeverage');
    expect(assessBook(book).maintenanceMargin).toMatchObject({ ok: true });
  });

  it('behavior: a mark that gives the same value is taken, because it is exact; another is not', () => {
    const value = { ...row, szi: '-3.0', positionValue: '270000.1' };
    const totals = { crossMarginSummary: { accountValue: '40000.0', totalNtlPos: '270000.1' }, crossMaintenanceMarginUsed: undefined };
    const marked = (markPx: string) => instrument(parse(state([value], totals), { meta: [META, [{ markPx }]] }), 'BTC').markPrice!;
    expect(marked('90000.03333333').toFixed()).toBe('90000.03333333');
    expect(marked('90001.0').minus('90000.0333333333').abs().lt('1e-9')).toBe(true);
  });

  it('behavior: a market without a table id has one row at its maximum leverage', () => {
    const book = parse(state([{ ...BTC, maxLeverage: 30 }], { crossMaintenanceMarginUsed: '2250.0' }), {
      meta: { universe: [{ name: 'BTC', maxLeverage: 30 }] },
    });
    expect(instrument(book, 'BTC').tiers!.map((tier) => tier.maintenanceMarginRate.toFixed(6))).toEqual(['0.016667']);
  });

  it('behavior: a dex with collateral of its own is assessed in that', () => {
    const book = parse(response, { meta: { ...META, collateralToken: 360 } });
    expect(book.accounts[0]).toMatchObject({ unit: 'USDH', balances: [{ asset: 'USDH' }] });
    expect(assessBook(book).equity).toMatchObject({ ok: true });
  });

  it.each([
    ['an unlisted table', { ...META, marginTables: [] }, '/meta/universe/0'],
    [
      'rows that do not ascend',
      { ...META, marginTables: [[57, { marginTiers: [{ lowerBound: '5.0', maxLeverage: 30 }] }]] },
      '/meta/marginTables/0/1/marginTiers',
    ],
    ['an empty table', { ...META, marginTables: [[57, { marginTiers: [] }]] }, '/meta/marginTables/0/1/marginTiers'],
    [
      'a leverage of zero',
      { ...META, marginTables: [[57, { marginTiers: [{ lowerBound: '0.0', maxLeverage: 0 }] }]] },
      '/meta/marginTables/0/1/marginTiers/0/maxLeverage',
    ],
    ['contexts of other markets', [META, [...CONTEXTS, ...CONTEXTS]], '/meta/1'],
    ['an unknown collateral', { ...META, collateralToken: 7 }, '/meta/collateralToken'],
    ['no markets', { marginTables: [] }, '/meta/universe'],
    ['an empty list', [], '/meta'],
    ['text', 'BTC', '/meta'],
  ])('error: %s', (_name, meta, pointer) => {
    expect(faultsOf(() => parse(response, { meta }))[0]!.pointer).toBe(pointer);
  });
});

describe('HL-13, HL-14 rows and totals agree', () => {
  it('default: what the totals hold beyond the rows becomes requirements of unlisted holdings', () => {
    const cut = state([BTC], {
      crossMarginSummary: { accountValue: '40000.0', totalNtlPos: '235000.0', totalMarginUsed: '16750.0' },
      crossMaintenanceMarginUsed: '2937.5',
    });
    const account = parse(cut).accounts[0]!;
    expect(account.maintenanceMarginOther!.toFixed()).toBe('1250');
    expect(account.initialMarginOther!.toFixed()).toBe('10000');
    expect(assessBook(parse(cut)).maintenanceMargin).toEqual({ ok: true, value: new Decimal('2937.5') });
  });

  it.each([
    ['totals below the rows', { crossMarginSummary: { accountValue: '1', totalNtlPos: '100.0' } }, '/crossMarginSummary/totalNtlPos'],
    ['a requirement the tables do not give', { crossMaintenanceMarginUsed: '1700.0' }, '/crossMaintenanceMarginUsed'],
    [
      'positions cut and no requirement',
      { crossMarginSummary: { accountValue: '1', totalNtlPos: '235000.0' }, crossMaintenanceMarginUsed: null },
      '/crossMaintenanceMarginUsed',
    ],
    [
      'positions cut and a requirement below the rows',
      { crossMarginSummary: { accountValue: '1', totalNtlPos: '235000.0', totalMarginUsed: '9000' }, crossMaintenanceMarginUsed: '1000.0' },
      '/crossMaintenanceMarginUsed',
    ],
    [
      'positions cut and no margin in use',
      { crossMarginSummary: { accountValue: '1', totalNtlPos: '235000.0' }, crossMaintenanceMarginUsed: '2937.5' },
      '/crossMarginSummary/totalMarginUsed',
    ],
  ])('error: %s', (_name, totals, pointer) => {
    expect(faultsOf(() => parse(state([BTC], totals)))[0]!.pointer).toBe(pointer);
  });
});

describe('HL-15 account modes', () => {
  const spot = (total: string) => ({
    balances: [
      { coin: 'USDC', token: 0, total, hold: '0.0' },
      { coin: 'HYPE', total: '3' },
    ],
  });

  it('default: a unified account carries its positions with its spot balance', () => {
    const book = parse({
      clearinghouseState: state([BTC, DYDX]),
      userAbstraction: 'unifiedAccount',
      spotClearinghouseState: spot('50000.0'),
    });
    expect(assessBook(book).equity).toEqual({ ok: true, value: new Decimal('49890') });
  });

  it('behavior: in any other mode the spot balance is no collateral', () => {
    const book = parse({ clearinghouseState: state([BTC]), abstraction: 'default', spotState: spot('50000.0') });
    expect(assessBook(book).equity).toEqual({ ok: true, value: new Decimal('40000') });
  });

  it('error: a unified account without its spot balance, and portfolio margin', () => {
    expect(faultsOf(() => parse({ clearinghouseState: state([BTC]), userAbstraction: 'unifiedAccount' }))[0]!.pointer).toBe(
      '/spotClearinghouseState',
    );
    expect(faultsOf(() => parse({ clearinghouseState: state([BTC]), userAbstraction: 'portfolioMargin' }))[0]!.message).toContain(
      'not modelled',
    );
    const flagged = { clearinghouseState: state([BTC]), spotState: { ...spot('1'), portfolioMarginEnabled: true } };
    expect(faultsOf(() => parse(flagged))[0]!.message).toContain('not modelled');
  });
});

describe('HL-12 what is refused, and where', () => {
  const place = '/assetPositions/0/position';
  it.each([
    ['NaN', { szi: 'NaN' }, `${place}/szi`],
    ['Infinity', { positionValue: 'Infinity' }, `${place}/positionValue`],
    ['an empty string', { szi: '' }, `${place}/szi`],
    ['a number out of range', { positionValue: '1e400' }, `${place}/positionValue`],
    ['a negative value', { positionValue: '-1' }, `${place}/positionValue`],
    ['a value of zero', { positionValue: '0.0' }, `${place}/positionValue`],
    ['a negative entry', { entryPx: '-5' }, `${place}/entryPx`],
    ['a leverage of zero', { leverage: { type: 'cross', value: 0 } }, `${place}/leverage/value`],
    ['an unknown margin mode', { leverage: { type: 'portfolio', value: 5 } }, `${place}/leverage/type`],
    ['a maximum leverage of zero', { maxLeverage: 0 }, `${place}/maxLeverage`],
    ['a boolean for a size', { szi: true }, `${place}/szi`],
    ['no size', { szi: undefined }, `${place}/szi`],
    ['no market', { coin: '' }, `${place}/coin`],
    ['an isolated position without margin', { leverage: { type: 'isolated', value: 5 }, marginUsed: null }, `${place}/leverage/rawUsd`],
  ])('error: %s', (_name, change, pointer) => {
    expect(faultsOf(() => parse(state([{ ...BTC, ...change }])))[0]!.pointer).toBe(pointer);
  });

  it.each([
    ['no positions', { ...state([BTC]), assetPositions: undefined }, '/assetPositions'],
    ['no cross summary', { ...state([BTC]), crossMarginSummary: undefined }, '/crossMarginSummary'],
    ['a time that is none', { ...state([BTC]), time: 'yesterday' }, '/time'],
    ['a market listed twice', state([BTC, BTC]), '/assetPositions/1/position/coin'],
    ['a list', [], ''],
    ['null', null, ''],
  ])('error: %s', (_name, response, pointer) => {
    expect(faultsOf(() => parse(response))[0]!.pointer).toBe(pointer);
  });

  it('behavior: fields that are not read may come and go', () => {
    expect(parse({ ...state([{ ...BTC, cumFunding: { allTime: '1' }, novel: [] }]), novel: true }).accounts).toHaveLength(1);
  });
});

describe('the sample files of the browser tests', () => {
  const fixture = (name: string): unknown => readJson(readFileSync(new URL(`../../../e2e/fixtures/${name}`, import.meta.url), 'utf8'));

  it('are read with their meta as without', () => {
    const response = fixture('hyperliquid-state.json');
    const bundled = assessBook(parseHyperliquid(response, {}));
    const served = assessBook(parseHyperliquid(response, { meta: fixture('hyperliquid-meta.json') }));
    expect(served.positions.map(({ liquidationPrice }) => liquidationPrice)).toEqual(
      bundled.positions.map(({ liquidationPrice }) => liquidationPrice),
    );
  });
});
