import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../domain/fault.ts';
import { Decimal } from '../domain/units.ts';
import { caseFloors } from '../engine/testing/floors.ts';
import { historicalScenarios, pathShare } from './historical-scenarios.ts';
import { LINK_MAX, readScenario, readScenarioLink, scenarioLink, writeScenario } from './scenario.ts';
import { readTierTable } from './tier-table.ts';

const reached = caseFloors();
const pointersOf = (act: () => unknown): string[] => {
  try {
    act();
  } catch (error) {
    if (error instanceof InputError) return error.faults.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
};

const decimalIn = (least: number, most: number) => fc.integer({ min: least * 1e6, max: most * 1e6 }).map((n) => new Decimal(n).div(1e6));
const nameText = fc
  .oneof(
    fc.constantFrom('BTC', 'ETH', 'USDe', 'a~b', 'x=y', 'u@v', 'b.c', '%', '1/2', 'Ω'),
    fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  )
  .filter((text) => text.trim() !== '' && !['prototype', 'constructor'].includes(text));
const scenarioArbitrary = fc
  .record({
    name: fc.string({ maxLength: 20, unit: 'grapheme' }).filter((text) => text.length <= 80),
    all: decimalIn(-1, 1),
    betas: fc.array(fc.tuple(nameText, decimalIn(-1, 1)), { maxLength: 5 }),
    moves: fc.array(fc.tuple(nameText, decimalIn(-1, 3)), { maxLength: 8 }),
    pegs: fc.uniqueArray(fc.record({ asset: nameText, venue: fc.option(nameText), move: decimalIn(-1, 0) }), {
      maxLength: 4,
      selector: ({ asset, venue }) => JSON.stringify([asset, venue]),
    }),
    funding: decimalIn(-1, 1),
    volatility: decimalIn(1, 5),
  })
  .map(({ betas, moves, ...rest }) => ({ ...rest, betas: new Map(betas), moves: new Map(moves) }));

/** Names in order, numbers as text. */
const plain = (value: ReturnType<typeof readScenario>) => writeScenario(value);

describe('SC-8…SC-10 scenario', () => {
  it('SC-8, SC-10: what is written, as JSON and as a link, reads back the same', () => {
    fc.assert(
      fc.property(scenarioArbitrary, (scenario) => {
        expect(plain(readScenario(writeScenario(scenario)))).toBe(plain(scenario));
        const link = scenarioLink(scenario);
        expect(link).toMatch(/^[A-Za-z0-9\-_.~=@%]*$/);
        expect(plain(readScenarioLink(link))).toBe(plain(scenario));
        expect(scenarioLink(readScenarioLink(link))).toBe(link);
        reached('round trips', 100);
      }),
      { numRuns: 150 },
    );
  });
  it('a scenario that says nothing is as short as can be', () => {
    const nothing = readScenario('{"format":"plimsoll-scenario/1"}');
    expect(scenarioLink(nothing)).toBe('1');
    expect(plain(readScenarioLink('1'))).toBe(plain(nothing));
  });
  it('SC-8: error: every fault has its pointer', () => {
    const text = JSON.stringify({
      format: 'plimsoll-scenario/1',
      all: '-1.5',
      betas: { '': '1', ETH: '1000' },
      moves: { 'A/B': 'x' },
      pegs: [{ asset: 'USDE', venue: 7, move: '-2' }],
      funding: '2',
      volatility: '0',
      accounts: [],
    });
    expect(pointersOf(() => readScenario(text)).sort()).toEqual(
      ['/accounts', '/all', '/betas/', '/betas/ETH', '/funding', '/moves/A~1B', '/pegs/0/move', '/pegs/0/venue', '/volatility'].sort(),
    );
    expect(pointersOf(() => readScenario('[]'))).toEqual(['']);
    expect(pointersOf(() => readScenario('{"format":"plimsoll-scenario/2"}'))).toEqual(['/format']);
  });
  it('SC-9: error: a beta below zero price, a peg said twice', () => {
    expect(pointersOf(() => readScenarioLink('1~a.-0.8~b.ETH=1.5'))).toEqual(['/betas/ETH']);
    expect(pointersOf(() => readScenarioLink('1~p.USDE=-0.1~p.USDE=-0.2'))).toEqual(['/pegs/1']);
  });
  it('SC-10: error: hostile links are refused, never half read, and never more than bounded work', () => {
    const hostile = [
      '',
      '2',
      '1~',
      '1~zz',
      '1~a.',
      '1~a.NaN',
      '1~a.1e999',
      '1~a.0~a.0',
      '1~m.BTC',
      '1~m.%E0%A4=1',
      '1~m.=1',
      '1~p.@=-1',
      '1~b.X=1~b.X=1',
    ];
    for (const text of [...hostile, 'x'.repeat(LINK_MAX + 1), `1~a.-0.${'1'.repeat(200)}`, `1~${'~'.repeat(7000)}`])
      expect(pointersOf(() => readScenarioLink(text)).length, text.slice(0, 30)).toBeGreaterThan(0);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 60 }),
          fc.string({ maxLength: 60 }).map((text) => `1~${text}`),
        ),
        (text) => {
          try {
            readScenarioLink(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
            reached('refused', 100);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
  it('SC-8: error: names that objects have of their own are refused, not dropped', () => {
    expect(pointersOf(() => readScenarioLink('1~m.__proto__=-0.5'))).toEqual(['/moves']);
    expect(pointersOf(() => readScenarioLink('1~b.constructor=-0.5'))).toEqual(['/betas']);
  });
  it('SC-10: error: more than a link holds', () => {
    const moves = new Map(Array.from({ length: 400 }, (_, i) => [`MARKET-NUMBER-${i}`, new Decimal(-0.123456)]));
    const scenario = { ...readScenarioLink('1'), moves };
    expect(pointersOf(() => scenarioLink(scenario))).toEqual(['']);
  });
});

describe('SC-12 historical scenarios', () => {
  const all = historicalScenarios();
  it('fourteen, each with a window and a fall of BTC, and a link', () => {
    expect(all).toHaveLength(14);
    for (const one of all) {
      expect(Date.parse(one.to)).toBeGreaterThan(Date.parse(one.from));
      expect(one.scenario.moves.get('BTC')!.lt(0)).toBe(true);
      expect(plain(readScenarioLink(scenarioLink(one.scenario)))).toBe(plain(one.scenario));
    }
  });
  it('10 October: collateral is marked on Binance as nowhere else; USDe at 0.65, wBETH 88 % down', () => {
    const { scenario, replay } = all.find(({ id }) => id === '2025-10-10')!;
    expect(replay).toBe('2025-10-10');
    const peg = (asset: string, venue: string) => scenario.pegs.find((one) => one.asset === asset && one.venue === venue)?.move;
    expect(peg('USDE', 'binance-usdm')?.toFixed()).toBe('-0.35');
    expect(peg('USDE', 'bybit')?.toFixed()).toBe('-0.03');
    const wbeth = peg('WBETH', 'binance-usdm')!.plus(1).times(scenario.moves.get('WBETH')!.plus(1));
    expect(wbeth.minus('0.12').abs().lt('0.0001')).toBe(true);
  });
  it('12 March 2020: the bad print of LINK is no move', () => {
    expect(all[0]!.scenario.moves.has('LINK')).toBe(false);
  });
  it('SC-13: the synthetic path starts at nothing, ends at all of it, and falls all the way', () => {
    const { scenario } = all[0]!;
    expect(pathShare(scenario, new Decimal(0)).moves.get('BTC')!.isZero()).toBe(true);
    expect(pathShare(scenario, new Decimal(1)).moves.get('BTC')!.eq(scenario.moves.get('BTC')!)).toBe(true);
    const at = [0.1, 0.3, 0.6, 0.9].map((share) => pathShare(scenario, new Decimal(share)).moves.get('BTC')!.toNumber());
    expect([...at].sort((a, b) => b - a)).toEqual(at);
  });
});

describe('SC-11 a pasted margin table', () => {
  const rows = (text: string, join: 'continuous' | 'step' = 'continuous') =>
    readTierTable(text, join).map(({ notionalFloor, maintenanceMarginRate }) => [notionalFloor.toFixed(), maintenanceMarginRate.toFixed()]);
  const expected = [
    ['0', '0.004'],
    ['50000', '0.005'],
  ];
  it('JSON, lines, titles in any order, per cent', () => {
    expect(rows('[{"notionalFloor":"0","maintenanceMarginRate":"0.004"},{"notionalFloor":50000,"maintenanceMarginRate":0.005}]')).toEqual(
      expected,
    );
    expect(rows('0,0.004\n50000,0.005\n')).toEqual(expected);
    expect(rows('0\t0.4%\r\n50000\t0.5%')).toEqual(expected);
    expect(rows('Rate;Notional floor;Max leverage\n0.4 %;0;125\n0.5 %;50000;100')).toEqual(expected);
  });
  it('error: rows out of order, rates beyond 1, columns too many, nothing at all', () => {
    expect(pointersOf(() => readTierTable('0,0.004\n0,0.005', 'continuous'))).toEqual(['/1/notionalFloor']);
    expect(pointersOf(() => readTierTable('0,4', 'continuous'))).toEqual(['/0/maintenanceMarginRate']);
    expect(pointersOf(() => readTierTable('0,0.004,10,0,9', 'continuous'))).toEqual(['/0/column 5']);
    expect(pointersOf(() => readTierTable('', 'continuous'))).toEqual(['']);
    expect(pointersOf(() => readTierTable('x'.repeat(100_001), 'continuous'))).toEqual(['']);
    expect(pointersOf(() => readTierTable('0,0.004,10,0\n50000,0.005,5,10', 'continuous'))).toEqual(['/1/maintenanceDeduction']);
  });
});
