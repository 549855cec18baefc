import { describe, expect, it } from 'vitest';
import { Decimal } from '../../domain/units.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { NO_SCENARIO, type ScenarioCommand, type ScenarioFrame, type ScenarioParts, type StressScenario } from '../protocol.ts';
import { figureFaults, loadedRun } from '../testing/fixtures.ts';
import { answerScenario } from './answer.ts';
import { checkStress } from './check-message.ts';

const floor = caseFloors();
type Wish = Partial<Extract<ScenarioCommand, { readonly kind: 'scenario-account' }>>;

function send<K extends ScenarioCommand['kind']>(command: Extract<ScenarioCommand, { readonly kind: K }>, run = loadedRun()) {
  expect(checkStress(command).ok).toBe(true);
  return answerScenario(command, run.state) as Extract<ScenarioFrame, { readonly kind: K }> & {
    readonly faults?: readonly { readonly pointer: string; readonly message: string }[];
  };
}

const ask = (wish: Wish, run = loadedRun()) =>
  send({ kind: 'scenario-account', requestId: 1, scenario: NO_SCENARIO, edits: [], transfers: [], venue: null, ...wish }, run);

const scenario = (change: Partial<StressScenario>): StressScenario => ({ ...NO_SCENARIO, ...change });
const PARTS = ['profit', 'collateral', 'haircut', 'requirement', 'tier', 'marginExcess'] as const;

function sumsExactly(frame: ReturnType<typeof ask>): void {
  const { attribution } = frame;
  expect(attribution.reason).toBe('');
  if (!('drivers' in attribution)) return;
  const { before, after, drivers } = attribution;
  for (const name of PARTS) {
    const sum = drivers.reduce((total, driver: ScenarioParts) => total.plus(driver[name]), new Decimal(before[name]));
    expect(sum.toFixed(), name).toBe(new Decimal(after[name]).toFixed());
  }
  for (const parts of [before, after, ...drivers]) {
    const rest = new Decimal(parts.profit).plus(parts.collateral).minus(parts.haircut).minus(parts.requirement).minus(parts.tier);
    expect(rest.toFixed()).toBe(new Decimal(parts.marginExcess).toFixed());
    floor('sums', 40);
  }
}

const SCENARIOS: readonly StressScenario[] = [
  NO_SCENARIO,
  scenario({ all: '-0.1' }),
  scenario({ all: '-0.2', betas: { ETH: '1.7', SOL: '-0.5' }, moves: { BTC: '0.05' } }),
  scenario({ all: '-1', betas: { BTC: '3', ETH: '100' } }),
  scenario({ all: '9', moves: { BTC: '9' } }),
  scenario({ moves: { BTC: '-1', ETH: '-1', SOL: '-1' } }),
  scenario({ pegs: [{ asset: 'USDC', venue: null, move: '-0.35' }], funding: '0.01' }),
  scenario({ pegs: [{ asset: 'USDC', venue: 'binance-usdm', move: '-1' }], funding: '-1' }),
  scenario({ tiers: { 'hl:BTC': [{ notionalFloor: '0', maintenanceMarginRate: '0.4' }] } }),
];

describe('one account in a scenario', () => {
  it('ST-33, ST-37: parts of the drivers sum to the whole, no figure is NaN, and nothing of the session changes', () => {
    const run = loadedRun();
    for (const account of ['perp', 'oracle', 'inverse', 'lender']) {
      run.send({ kind: 'select-account', requestId: 1, account });
      const before = run.account();
      for (const one of SCENARIOS) {
        const { 'hl:BTC': table, ...rest } = one.tiers;
        const frame = ask({ scenario: table ? one : { ...one, tiers: rest } }, run);
        sumsExactly(frame);
        expect(figureFaults(frame.after)).toEqual([]);
        expect(frame.before.cells).toEqual(before.cells);
      }
      expect(run.account()).toEqual(before);
    }
  });

  it('ST-33: without moves and changes the account is what it is', () => {
    const { before, after, attribution } = ask({});
    expect(after).toEqual(before);
    expect(attribution).toMatchObject({ drivers: [] });
  });

  it('ST-33: a fall of BTC is a gain of a short, to the dollar', () => {
    const { before, after, attribution } = ask({ scenario: scenario({ moves: { BTC: '-0.1' } }) });
    const gain = new Decimal(after.cells.equity.text).minus(before.cells.equity.text);
    expect(gain.toFixed()).toBe('13109.2');
    expect(attribution).toMatchObject({ drivers: [{ driver: 'market', name: 'BTC', profit: '13109.2' }] });
  });

  it('ST-34: deposits and other margin modes are changes of their own, before anything moves', () => {
    const deposit = { kind: 'balance-set', index: 0, balance: { asset: 'USDC', amount: '70000' } } as const;
    const frame = ask({ scenario: scenario({ all: '-0.05' }), edits: [deposit] });
    sumsExactly(frame);
    expect(frame.attribution).toMatchObject({ drivers: [{ driver: 'changes', collateral: '10000', marginExcess: '10000' }, {}, {}, {}] });
    const cross = ask({ edits: [{ kind: 'position-set', index: 2, position: { marginMode: 'cross', isolatedMargin: '' } }] });
    expect(cross.after.pools).toHaveLength(1);
    expect(ask({ edits: [{ kind: 'position-set', index: 0, position: { size: 'x' } }] }).faults?.[0]?.pointer).toBe('/size');
  });

  it('ST-35: collateral that leaves one account is in the other', () => {
    const frame = ask({ transfers: [{ asset: 'USDC', amount: '10000', to: 'oracle' }] });
    sumsExactly(frame);
    const change = ({ before, after }: { before: typeof frame.before; after: typeof frame.after }) =>
      new Decimal(after.cells.equity.text).minus(before.cells.equity.text).toFixed();
    expect([change(frame), change(frame.others[0]!)]).toEqual(['-10000', '10000']);
    for (const [amount, to] of [
      ['60000.01', 'oracle'],
      ['0', 'oracle'],
      ['x', 'oracle'],
      ['1', 'perp'],
      ['1', 'nobody'],
    ] as const)
      expect(ask({ transfers: [{ asset: 'USDC', amount, to }] }).faults?.[0]?.pointer).toMatch(/^\/transfers\/0\/(amount|to)$/);
  });

  it('ST-35: what comes in from outside is more, what goes out less, and more than there is does not go', () => {
    const flow = (amount: string) => ask({ transfers: [{ asset: 'USDC', amount, to: null }] });
    expect(flow('-5000').attribution).toMatchObject({ drivers: [{ driver: 'changes', collateral: '5000' }] });
    expect(flow('5000').attribution).toMatchObject({ drivers: [{ driver: 'changes', collateral: '-5000' }] });
    expect(flow('60001').faults?.[0]?.pointer).toBe('/transfers/0/amount');
    expect(flow('0').faults?.[0]?.pointer).toBe('/transfers/0/amount');
  });

  it('ST-36: another venue has other requirements and the same equity; what it cannot carry is refused', () => {
    for (const venue of ['binance-usdm', 'okx', 'generic', 'bybit-classic', 'dydx-v4']) {
      const frame = ask({ venue, scenario: scenario({ all: '-0.02' }) });
      if (frame.faults) continue;
      expect(frame.after.venue).toBe(venue);
      if (frame.attribution.reason === '') sumsExactly(frame);
      floor('venues', 3);
    }
    expect(ask({ venue: 'aave-v3' }).faults?.[0]?.pointer).toBe('/venue');
    expect(ask({ venue: '__proto__' }).faults?.[0]?.pointer).toBe('/venue');
  });

  it('refuses tables of instruments that are not there, and an empty session', () => {
    const tiers = { nowhere: [{ notionalFloor: '0', maintenanceMarginRate: '0.1' }] };
    expect(ask({ scenario: scenario({ tiers }) }).faults?.[0]?.pointer).toBe('/tiers/nowhere');
    const empty = loadedRun();
    expect(ask({}, Object.assign(empty, { state: { ...empty.state, loaded: null } })).faults).toBeDefined();
  });
});

describe('scenarios as text', () => {
  it('ST-30: a scenario reads back from its link; a bad link says where', () => {
    for (const { name, volatility, scenario: one } of send({ kind: 'scenario-presets', requestId: 1 }).presets) {
      const { link } = send({ kind: 'scenario-write', requestId: 1, scenario: { name, volatility, scenario: one } });
      const read = send({ kind: 'scenario-read', requestId: 1, text: link }).scenario;
      expect(read.name).toBe(name);
      expect(read.scenario).toEqual(one);
      floor('links', 14);
    }
    expect(send({ kind: 'scenario-read', requestId: 1, text: '1~m.BTC=x' }).faults?.[0]).toEqual({
      pointer: '/1',
      message: 'expected name=number',
    });
    expect(send({ kind: 'scenario-read', requestId: 1, text: '2~a.0' }).faults?.[0]?.pointer).toBe('/0');
  });

  it('ST-31: fourteen falls, and USDe at 0.65 on one venue only', () => {
    const { presets } = send({ kind: 'scenario-presets', requestId: 1 });
    expect(presets).toHaveLength(14);
    const october = presets.find(({ id }) => id.startsWith('2025-10-10'))!;
    expect(october.scenario.pegs.map(({ asset, venue }) => [asset, venue])).toContainEqual(['USDE', 'binance-usdm']);
    expect(october.sources.length).toBeGreaterThan(0);
    expect(october.replay).toBe('2025-10-10');
  });

  it('ST-32: a path begins where prices are and ends with the scenario', () => {
    const whole = scenario({ all: '-0.19', moves: { BTC: '-1' } });
    const { scenarios } = send({ kind: 'scenario-path', requestId: 1, scenario: whole, steps: 2 });
    expect(scenarios[0]).toEqual(NO_SCENARIO);
    expect(scenarios[1]).toMatchObject({ all: '-0.1', moves: { BTC: '-0.5' } });
    expect(scenarios[2]).toEqual(whole);
  });

  it('reads a pasted table and refuses one that does not rise', () => {
    const read = (text: string) => send({ kind: 'scenario-tiers', requestId: 1, text, venue: 'hyperliquid' });
    expect(read('0, 1%\n100000, 2.5%').rows).toEqual([
      { notionalFloor: '0', maintenanceMarginRate: '0.01' },
      { notionalFloor: '100000', maintenanceMarginRate: '0.025' },
    ]);
    expect(read('0, 1%\n0, 2%').faults?.[0]?.pointer).toBe('/1/notionalFloor');
  });
});
