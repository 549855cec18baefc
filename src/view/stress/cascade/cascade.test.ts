import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_SCENARIO } from '../../../store/types.ts';
import { FIRST_FORM, linesOf, requestOf } from './form.ts';
import {
  type Cascade,
  cascadeSentence,
  directionText,
  engineText,
  flowsOf,
  ledgerText,
  movedMarkets,
  multiplierText,
  percentText,
  priceAt,
  priceText,
  restOf,
  roundText,
} from './reading.ts';
import { amountText, levels, pathScene, waterfall } from './scenes.ts';

const SUBJECT = {
  scope: 'desk',
  venues: [
    { id: 'hyperliquid', name: 'Hyperliquid' },
    { id: 'bybit', name: 'Bybit' },
  ],
} as const;

const round = (price: number[], fund: number, closed = 1) => ({
  closed,
  listed: [{ id: 'a', label: '', venue: 'bybit' }],
  notional: 1000,
  price: new Float64Array(price),
  deficits: 10,
  income: 0,
  fund,
});

const PLAYED: Cascade = {
  kind: 'stress-cascade',
  requestId: 1,
  bookSequence: 1,
  markets: ['BTC', 'USDC', 'ETH'],
  rounds: [round([85, 1, 80], 5), round([70, 1, 79], -15)],
  start: new Float64Array([100, 1, 100]),
  shocked: new Float64Array([90, 1, 85]),
  end: new Float64Array([70, 1, 79]),
  multiplier: new Float64Array([Math.log(0.7) / Math.log(0.9), Number.NaN, Math.log(0.79) / Math.log(0.85)]),
  closedRows: new Uint32Array([3, 5]),
  closedNotional: 2000,
  deficits: 20,
  income: 0,
  fundStart: 5,
  fundEnd: 0,
  socialised: 12,
  uncovered: 3,
  funds: [{ fund: '', start: 5, end: 0, deficits: 20, income: 0, socialised: 12, uncovered: 3 }],
  takers: [],
  takerCount: 0,
  engine: 'exact',
  isSettled: true,
  isMixed: true,
  aside: 2,
  asideReasons: [{ reason: 'no-depth', count: 2 }],
};
const NOTHING: Cascade = {
  ...PLAYED,
  rounds: [],
  end: PLAYED.shocked,
  closedRows: new Uint32Array(0),
  closedNotional: 0,
  deficits: 0,
  fundEnd: 5,
  socialised: 0,
  uncovered: 0,
  aside: 0,
  asideReasons: [],
};

describe('the form of a cascade', () => {
  it('asks what its fields say', () => {
    const form = { ...FIRST_FORM, all: '−15 %', moves: { SOL: '-20', XRP: ' ' }, depths: { BTC: '20m', SOL: '1,500' }, otherwise: '' };
    const asked = requestOf(form, SUBJECT, NO_SCENARIO);
    expect(asked).toEqual({
      ok: true,
      request: {
        kind: 'stress-cascade',
        scenario: { ...NO_SCENARIO, all: '-0.15', moves: { SOL: '-0.2' } },
        depth: { perCent: { BTC: 2e7, SOL: 1500 }, otherwise: null, multiplier: 0.1 },
        procedure: 'full',
        leftovers: 'keep',
        funds: { kind: 'one', amount: 1e6 },
        deleveraging: 'pro-rata',
        subject: 'desk',
      },
    });
    const own = requestOf({ ...FIRST_FORM, fundKind: 'venues', fundOf: { bybit: '3k' }, shock: 'scenario', all: 'x' }, SUBJECT, {
      ...NO_SCENARIO,
      all: '-0.3',
    });
    expect(own.ok && [own.request.funds, own.request.scenario.all]).toEqual([
      { kind: 'venues', amounts: { hyperliquid: 0, bybit: 3000 } },
      '-0.3',
    ]);
  });

  it('names every field that does not read', () => {
    const asked = requestOf(
      { ...FIRST_FORM, all: '-100', moves: { BTC: 'lots' }, depths: { BTC: '-3' }, multiplier: '0', fund: '' },
      SUBJECT,
      NO_SCENARIO,
    );
    expect(!asked.ok && asked.faults.map(({ pointer }) => pointer)).toEqual([
      '/moves/BTC',
      '/all',
      '/depth/BTC',
      '/depth/multiplier',
      '/funds',
    ]);
  });

  it('has a line for the largest markets and for those that were named', () => {
    expect(linesOf({ ...FIRST_FORM, depths: { Z: '1' }, moves: { Y: '' } }, ['A', 'B', 'Y', 'Z'], 2)).toEqual(['A', 'B', 'Z']);
  });
});

describe('what a cascade says', () => {
  it('reads prices before, after the shock and after every round', () => {
    expect([-1, 0, 1, 2, 3].map((at) => priceAt(PLAYED, 0, at))).toEqual([100, 90, 85, 70, Number.NaN]);
    expect(movedMarkets(PLAYED, ['ETH', 'BTC'])).toEqual([2, 0]);
    expect(cascadeSentence(PLAYED, 'USD')).toBe(
      '2 accounts are liquidated in 2 rounds, 2.00K USD. BTC goes furthest: −10.0\u202f% becomes −30.0\u202f%, 3.39× the first move in logarithms.',
    );
    expect(roundText(PLAYED, 2, 'USD')).toBe('1 account closed, 1.00K USD; 10 USD missing in their pools; the funds owe 15 USD.');
    expect(engineText(PLAYED, (reason) => reason)).toContain('2 margin pools could be neither closed nor counted as safe (2: no-depth).');
    expect(directionText(PLAYED)).toContain('long one market and short another');
    expect(directionText({ ...PLAYED, isMixed: false })).toContain('leans one way');
    expect(ledgerText(PLAYED, 'USD')).toMatch(/sums to zero\.$/);
    expect(ledgerText({ ...PLAYED, uncovered: 50 }, 'USD')).toContain('must be zero');
  });

  it('never says NaN: nothing happened, nothing shocked, prices to zero', () => {
    const zero = { ...PLAYED, end: new Float64Array(3), rounds: [round([0, 0, 0], 0)], multiplier: new Float64Array(3).fill(Number.NaN) };
    const endless: Cascade = {
      ...PLAYED,
      end: new Float64Array([Number.POSITIVE_INFINITY, 1, 1e200]),
      rounds: [round([Number.POSITIVE_INFINITY, 1, 1e200], Number.NaN)],
      closedNotional: Number.POSITIVE_INFINITY,
      deficits: Number.POSITIVE_INFINITY,
      funds: [{ ...PLAYED.funds[0]!, deficits: Number.POSITIVE_INFINITY, uncovered: Number.POSITIVE_INFINITY }],
    };
    for (const cascade of [NOTHING, zero, endless]) {
      const texts = [
        cascadeSentence(cascade, 'USD'),
        roundText(cascade, cascade.rounds.length, 'USD'),
        ledgerText(cascade, 'USD'),
        engineText(cascade, String),
        ...movedMarkets(cascade, []).map(
          (m) => `${priceText(cascade.end[m]!, cascade.start[m]!)} ${multiplierText(cascade.multiplier[m]!)}`,
        ),
        JSON.stringify(pathScene(cascade, movedMarkets(cascade, []), 0, 300, 200).scene),
        JSON.stringify(waterfall(flowsOf(cascade.funds[0]!), 300)),
      ].join(' ');
      expect(texts).not.toMatch(/NaN|Infinity|null/);
    }
    expect(cascadeSentence(NOTHING, 'USD')).toContain('Nobody is liquidated');
    expect([percentText(Number.NaN), priceText(Number.NaN, 1)]).toEqual(['not known', 'not known']);
  });
});

describe('the drawings of a cascade', () => {
  it('finds the round under the pointer again, whatever the size', () => {
    const rounds = Array.from({ length: 900 }, (_, i) => round([90 - i / 20, 1, 85], 0));
    for (const count of [0, 1, 7, 900]) {
      const { xOf, roundAt } = pathScene({ ...PLAYED, rounds: rounds.slice(0, count) }, [0, 2], 0, 1000, 200);
      for (let at = 0; at <= count; at++) expect(roundAt(xOf(at))).toBe(at);
      expect([roundAt(-50), roundAt(5000)]).toEqual([0, count]);
    }
  });

  it('ends where the fund ends, bar upon bar', () => {
    const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
    let checked = 0;
    fc.assert(
      fc.property(amount, amount, amount, amount, (start, deficits, income, socialised) => {
        const open = start + income - deficits + socialised;
        const flow = { start, deficits, income, socialised, uncovered: Math.max(0, -open), end: Math.max(0, open) };
        expect(Math.abs(restOf(flow))).toBeLessThanOrEqual(1e-6);
        const flows = flowsOf(flow);
        const sum = flows.slice(0, -1).reduce((total, { amount: part }) => total + part, 0);
        expect(Math.abs(sum - flows.at(-1)!.amount)).toBeLessThanOrEqual(1e-6);
        const { marks } = waterfall(flows, 400);
        for (const mark of marks) if (mark.kind === 'rect') expect(mark.x + mark.width).toBeLessThanOrEqual(400);
        const texts = marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
        for (const { name, amount: part, isLevel } of flows)
          expect(texts).toEqual(expect.arrayContaining([name, amountText(part, isLevel)]));
        checked++;
      }),
      { numRuns: 200 },
    );
    expect(checked).toBeGreaterThanOrEqual(200);
  });

  it('has round levels with zero among them', () => {
    expect(levels(-0.62, 0)).toHaveLength(4);
    expect(levels(-0.62, 0)).toContain(0);
    expect(levels(0, 0)).toEqual([0]);
    expect(levels(-0.003, 0.001)).toContain(0);
  });
});
