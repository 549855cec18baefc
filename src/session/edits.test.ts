import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UNDO_MAX } from './edits.ts';
import type { Edit, Frame } from './protocol.ts';
import { bookText, feed, loadedRun, MIXED_BOOK, type Run, tick } from './testing/fixtures.ts';

let requestId = 100;
const edit = (run: Run, change: Edit): readonly Frame[] => run.send({ kind: 'edit', requestId: ++requestId, edit: change });
const faultsOf = (frames: readonly Frame[]) => frames.flatMap((frame) => (frame.kind === 'failed' ? frame.faults : []));
const exported = (run: Run): string => {
  const [frame] = run.send({ kind: 'export', requestId: ++requestId });
  if (frame?.kind !== 'exported') throw new Error('an export is answered');
  return frame.text;
};

const BTC_LONG = { instrument: 'hl:BTC', size: '1', entryPrice: '65000', marginMode: 'cross', leverage: '10' };

describe('SE-10 an edit goes through the reader of files', () => {
  it('adds, changes and removes positions and balances', () => {
    const run = loadedRun();
    expect(edit(run, { kind: 'position-set', index: null, position: BTC_LONG })).toMatchObject([{ kind: 'done' }]);
    expect(run.account().positions.size.text).toEqual(['-2', '150', '800', '1']);
    edit(run, { kind: 'position-set', index: 1, position: { ...BTC_LONG, instrument: 'hl:ETH', size: '10.5' } });
    edit(run, { kind: 'position-remove', index: 0 });
    edit(run, { kind: 'balance-set', index: 0, balance: { asset: 'USDC', amount: '-3.5' } });
    edit(run, { kind: 'balance-set', index: null, balance: { asset: 'USDT', amount: '7' } });
    expect(run.account().positions.size.text).toEqual(['10.5', '800', '1']);
    expect(run.account().balances.amount.text).toEqual(['-3.5', '7']);
    edit(run, { kind: 'balance-remove', index: 0 });
    expect(run.account().balances.asset).toEqual(['USDT']);
  });

  it.each([
    ['a size that is no number', { size: 'NaN' }, '/size'],
    ['a size of zero', { size: '0' }, '/size'],
    ['a negative price', { entryPrice: '-1' }, '/entryPrice'],
    ['an unknown instrument', { instrument: 'hl:NOPE' }, '/instrument'],
    ['an isolated position without margin', { marginMode: 'isolated' }, '/isolatedMargin'],
    ['a field that no position has', { colour: 'red' }, '/colour'],
    ['a quantity beyond any market', { size: '1e400' }, '/size'],
  ])('error: %s is refused, with a pointer into the record, and changes nothing', (_, fault, pointer) => {
    const run = loadedRun();
    const before = run.account();
    const faults = faultsOf(edit(run, { kind: 'position-set', index: 1, position: { ...BTC_LONG, instrument: 'hl:ETH', ...fault } }));
    expect(faults.map((each) => each.pointer)).toContain(pointer);
    expect(run.account()).toEqual(before);
    expect(run.snapshot().canUndo).toBe(false);
  });

  it('error: an index that the account does not have', () => {
    const run = loadedRun();
    expect(faultsOf(edit(run, { kind: 'position-remove', index: 3 }))[0]?.pointer).toBe('/index');
    expect(faultsOf(edit(run, { kind: 'balance-set', index: 9, balance: { asset: 'USDC', amount: '1' } }))[0]?.pointer).toBe('/index');
  });

  it('leaves out the fields that were left empty', () => {
    const run = loadedRun();
    edit(run, { kind: 'position-set', index: 1, position: { ...BTC_LONG, instrument: 'hl:ETH', isolatedMargin: '', maxLeverage: '' } });
    expect(run.account().positions.leverageSetting.text[1]).toBe('10');
  });

  it('keeps what the record does not name, and nothing of another market', () => {
    const [perp] = MIXED_BOOK.accounts;
    const balances = [{ asset: 'USDC', amount: '60000', derived: true, collateralFactor: '0.9' }];
    const accounts = [{ ...perp, balances, positions: [{ ...perp.positions[1], maxLeverage: '10' }] }];
    const run = loadedRun(bookText({ ...MIXED_BOOK, accounts }));
    const [position, balance] = [
      () => JSON.parse(exported(run)).accounts[0].positions[0],
      () => JSON.parse(exported(run)).accounts[0].balances[0],
    ];
    edit(run, { kind: 'position-set', index: 0, position: { size: '7' } });
    expect(position()).toEqual({
      instrument: 'hl:ETH',
      size: '7',
      entryPrice: '1950',
      marginMode: 'cross',
      leverage: '20',
      maxLeverage: '10',
    });
    edit(run, { kind: 'position-set', index: 0, position: { ...BTC_LONG } });
    expect(position()).toEqual(BTC_LONG);
    edit(run, { kind: 'balance-set', index: 0, balance: { asset: 'USDC', amount: '60000' } });
    expect(balance()).toEqual(balances[0]);
    edit(run, { kind: 'balance-set', index: 0, balance: { amount: '1', collateralFactor: '' } });
    expect(balance()).toEqual({ asset: 'USDC', amount: '1' });
  });

  it('keeps an instrument’s and an asset’s other fields too', () => {
    const run = loadedRun();
    edit(run, { kind: 'instrument-set', instrument: { id: 'g:BTC-inverse', markPrice: '70000' } });
    edit(run, { kind: 'asset-set', asset: { symbol: 'WETH', price: '2000' } });
    const { instruments, assets } = JSON.parse(exported(run));
    expect(instruments['g:BTC-inverse']).toMatchObject({
      contract: 'inverse',
      contractSize: '100',
      markPrice: '70000',
      tiers: { length: 1 },
    });
    expect(assets.WETH).toEqual({ price: '2000', loanToValue: '0.805', liquidationThreshold: '0.83' });
  });

  it('defines an instrument and an asset, for a market the book does not have', () => {
    const run = loadedRun();
    const fields = { id: 'hl:DOGE', contract: 'linear', base: 'DOGE', quote: 'USD', settle: 'USDC', markPrice: '0.1' };
    expect(faultsOf(edit(run, { kind: 'instrument-set', instrument: { ...fields, markPrice: '0' } }))[0]?.pointer).toBe('/markPrice');
    edit(run, { kind: 'instrument-set', instrument: fields });
    edit(run, { kind: 'position-set', index: null, position: { ...BTC_LONG, instrument: 'hl:DOGE' } });
    edit(run, { kind: 'asset-set', asset: { symbol: 'HYPE', price: '30' } });
    edit(run, { kind: 'balance-set', index: null, balance: { asset: 'HYPE', amount: '2' } });
    expect(run.account().positions.markPrice.text[3]).toBe('0.1');
    expect(run.account().balances.value.text[1]).toBe('60');
    expect(run.account().indeterminate).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('takes %s as a name like any other or refuses it', (name) => {
    const run = loadedRun();
    edit(run, { kind: 'instrument-set', instrument: { id: name, base: 'X' } });
    edit(run, { kind: 'asset-set', asset: { symbol: name, price: '1' } });
    expect(({} as Record<string, unknown>).base).toBeUndefined();
    expect(run.account().positions.count).toBe(3);
  });

  it('works on the book and not on the live prices', () => {
    const run = loadedRun();
    run.send(feed([tick('BTC', '50000')]));
    edit(run, { kind: 'position-remove', index: 2 });
    expect(run.account().positions.markPrice.text).toEqual(['50000', '1912.4']);
    expect(JSON.parse(exported(run)).instruments['hl:BTC'].markPrice).toBe('65546');
  });

  it('keeps a table of its own while the position stays on its instrument', () => {
    const tiers = [{ notionalFloor: '0', maxLeverage: '10', maintenanceMarginRate: '0.05', maintenanceDeduction: '0' }];
    const [perp] = MIXED_BOOK.accounts;
    const accounts = [{ ...perp, positions: [{ ...perp.positions[1], tiers }] }];
    const run = loadedRun(bookText({ ...MIXED_BOOK, accounts }));
    const maintenance = () => run.account().positions.maintenanceMargin.value[0] ?? Number.NaN;
    edit(run, { kind: 'position-set', index: 0, position: { ...BTC_LONG, instrument: 'hl:ETH', size: '300' } });
    expect(maintenance()).toBeCloseTo(300 * 1912.4 * 0.05, 6);
    edit(run, { kind: 'position-set', index: 0, position: BTC_LONG });
    expect(maintenance()).toBeCloseTo(65546 * 0.0125, 6);
  });
});

describe('SE-9 a position keeps its key while it is the same position', () => {
  it('over changes of size and removal of others, not over a change of side', () => {
    const run = loadedRun();
    const keys = () => [...run.account().positions.key];
    expect(keys()).toEqual(['hl:BTC#0', 'hl:ETH#1', 'hl:SOL#2']);
    edit(run, { kind: 'position-remove', index: 0 });
    edit(run, { kind: 'position-set', index: 0, position: { ...BTC_LONG, instrument: 'hl:ETH', size: '1' } });
    edit(run, { kind: 'position-set', index: null, position: BTC_LONG });
    expect(keys()).toEqual(['hl:ETH#1', 'hl:SOL#2', 'hl:BTC+1']);
    edit(run, { kind: 'position-set', index: 2, position: { ...BTC_LONG, size: '-1' } });
    expect(keys()[2]).toBe('hl:BTC+2');
    edit(run, { kind: 'undo' });
    edit(run, { kind: 'undo' });
    edit(run, { kind: 'undo' });
    edit(run, { kind: 'undo' });
    expect(keys()).toEqual(['hl:BTC#0', 'hl:ETH#1', 'hl:SOL#2']);
  });
});

const size = fc
  .integer({ min: -50, max: 50 })
  .filter((n) => n !== 0)
  .map(String);
const instrument = fc.constantFrom('hl:BTC', 'hl:ETH', 'hl:SOL', 'hl:kPEPE', 'hl:NOPE');
const index = fc.integer({ min: 0, max: 6 });
const position = fc
  .record({ instrument, size, entryPrice: fc.integer({ min: 0, max: 70_000 }).map(String), isolated: fc.boolean() })
  .map(({ isolated, ...rest }) => ({ ...rest, marginMode: isolated ? 'isolated' : 'cross', isolatedMargin: isolated ? '100' : '' }));
const change: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('position-set' as const), index: fc.option(index), position }),
  fc.record({ kind: fc.constant('position-remove' as const), index }),
  fc.record({
    kind: fc.constant('balance-set' as const),
    index: fc.option(index),
    balance: fc.record({ asset: fc.constantFrom('USDC', 'WETH'), amount: size }),
  }),
  fc.record({ kind: fc.constant('balance-remove' as const), index }),
);

describe('SE-11 undo and redo', () => {
  it('undoing every edit that was taken leads back to the book, redoing them to where it was', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 6, maxLength: 14 }), (changes) => {
        const run = loadedRun();
        const path = [exported(run)];
        for (const each of changes) if (faultsOf(edit(run, each)).length === 0) path.push(exported(run));
        taken += path.length - 1;
        const keys = run.account().positions.key;
        for (const text of path.slice(0, -1).reverse()) {
          edit(run, { kind: 'undo' });
          expect(exported(run)).toBe(text);
        }
        expect(faultsOf(edit(run, { kind: 'undo' }))).toHaveLength(1);
        for (const text of path.slice(1)) {
          edit(run, { kind: 'redo' });
          expect(exported(run)).toBe(text);
        }
        expect(faultsOf(edit(run, { kind: 'redo' }))).toHaveLength(1);
        expect(run.account().positions.key).toEqual(keys);
      }),
      { numRuns: 60 },
    );
    expect(taken).toBeGreaterThan(60);
  });

  it('a new edit ends the way forward', () => {
    const run = loadedRun();
    edit(run, { kind: 'position-remove', index: 0 });
    edit(run, { kind: 'undo' });
    edit(run, { kind: 'position-remove', index: 1 });
    expect(run.snapshot()).toMatchObject({ canUndo: true, canRedo: false });
  });

  it('is bounded', () => {
    const run = loadedRun();
    for (let i = 1; i <= UNDO_MAX + 5; i++) edit(run, { kind: 'balance-set', index: 0, balance: { asset: 'USDC', amount: String(i) } });
    for (let i = 0; i < UNDO_MAX; i++) edit(run, { kind: 'undo' });
    expect(run.account().balances.amount.text).toEqual(['5']);
    expect(faultsOf(edit(run, { kind: 'undo' }))).toHaveLength(1);
  });

  it('goes back to the account in which the edit was made', () => {
    const run = loadedRun();
    edit(run, { kind: 'position-remove', index: 0 });
    run.send({ kind: 'select-account', requestId: ++requestId, account: 'lender' });
    edit(run, { kind: 'undo' });
    expect(run.account().id).toBe('perp');
    expect(run.account().positions.count).toBe(3);
  });
});
