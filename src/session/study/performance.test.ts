import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../domain/fault.ts';
import { caseFloors } from '../../engine/testing/floors.ts';
import { checkStudy } from './check.ts';
import type { CostMethodName, PerformanceSpec, TradeRecord } from './messages.ts';
import { performance } from './performance.ts';
import { thinned } from './thin.ts';

const counted = caseFloors();
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 5);
const NONE = new Float64Array(0);

const samples = (
  equityText: readonly string[],
  cashFlowText: readonly string[] = equityText.map(() => '0'),
  stepMs = DAY,
): PerformanceSpec['samples'] => ({
  timeMs: Float64Array.from(equityText, (_, i) => START + i * stepMs),
  equityText,
  cashFlowText,
  leverage: Float64Array.from(equityText, () => 2),
  shock: Float64Array.from(equityText, () => -0.4),
  isGap: Uint8Array.from(equityText, (_, i) => (i === 0 ? 1 : 0)),
  fundingText: equityText.map(() => ''),
  fundingOf: equityText.map(() => null),
  fundingPerHourText: equityText.map(() => ''),
});

const EMPTY: PerformanceSpec = {
  samples: { ...samples([]), timeMs: NONE },
  positions: [],
  marginExcess: '',
  unit: 'USD',
  trades: [],
  tradesCsv: '',
  method: 'fifo',
  fundingRate: '',
  fundingIntervalMs: DAY / 3,
};

const figure = (spec: PerformanceSpec, name: string) => performance(spec).figures.find((one) => one.figure === name)!;
const number = (spec: PerformanceSpec, name: string): number => Number(figure(spec, name).text);
const trade = (size: string, price: string, isOpening = false): TradeRecord => ({
  timeMs: START,
  instrument: 'BTC',
  size,
  contractSize: '1',
  price,
  fee: '0',
  isOpening,
});
const held = (size: string, markPrice: string, contract = 'linear', contractSize = '1') => [
  { instrument: 'BTC', contract, contractSize, size, markPrice },
];

describe('SY-9 to SY-16 histories', () => {
  it('PE-2, PE-3, PE-5: returns of empyrical’s example, by days of a year of 365', () => {
    const returns = [0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1];
    const curve = [1000];
    for (const one of returns) curve.push(curve.at(-1)! * (1 + one));
    const spec = { ...EMPTY, samples: samples(curve.map(String)) };
    expect(number(spec, 'largestDrawdown')).toBeCloseTo(-0.1, 12);
    expect(number(spec, 'presentDrawdown')).toBeCloseTo(-0.1, 12);
    const total = curve.at(-1)! / 1000 - 1;
    expect(number(spec, 'totalReturn')).toBeCloseTo(total, 12);
    expect(number(spec, 'calmar')).toBeCloseTo(((1 + total) ** (365 / 8) - 1) / 0.1, 9);
  });

  it('SY-9: a deposit is no gain; one that is not known begins the figures anew, and it is said', () => {
    expect(number({ ...EMPTY, samples: samples(['100', '160', '176'], ['0', '50', '0']) }, 'totalReturn')).toBeCloseTo(0.21, 12);
    const unknown = { ...EMPTY, samples: samples(['100', '900', '990'], ['0', '', '0']) };
    expect(number(unknown, 'totalReturn')).toBeCloseTo(0.1, 12);
    expect(performance(unknown).note).toMatch(/^From 2026-01-06T/);
  });

  it('no number is a reason, never a number', () => {
    for (const { figure: name, text, reason } of performance(EMPTY).figures) {
      expect([name, text]).toEqual([name, '']);
      expect(reason).not.toBe('');
    }
    expect(figure({ ...EMPTY, samples: samples(['1', '2', '3']) }, 'calmar').reason).toBe('there was no drawdown');
    const broke = performance({ ...EMPTY, samples: samples(['100', '0', '50']) });
    expect(broke.note).toContain('there is no return on an equity of zero or less');
    expect(broke.figures[0]!.text).toBe('-1');
  });

  it('SY-10, SY-11: a gap is drawn as one', () => {
    const gap = { ...samples(['1', '2', '3']), isGap: Uint8Array.of(1, 0, 1) };
    const { lines, gaps } = performance({ ...EMPTY, samples: gap });
    expect(gaps).toBe(1);
    expect([...lines.equity]).toEqual([1, 2, Number.NaN, 3]);
    expect([...lines.buffer]).toEqual([0.4, 0.4, Number.NaN, 0.4]);
  });

  it.each<[CostMethodName, string, string]>([
    ['fifo', '105', '225'],
    ['lifo', '40', '160'],
    ['average', '75', '195'],
  ])('SY-14: cost basis, %s', (method, realized, cost) => {
    const trades = [trade('1', '100', true), trade('1', '120'), trade('2', '150'), trade('-2.5', '160')];
    const { basis, figures } = performance({ ...EMPTY, method, trades, positions: held('1.5', '170') });
    expect(basis[0]).toMatchObject({ realizedPnl: realized, cost, note: '', trades: 4 });
    const [made, open] = ['realizedPnl', 'unrealizedPnl'].map((name) => Number(figures.find((one) => one.figure === name)!.text));
    expect(made! + open!).toBe(135);
  });

  it('SY-14: money is per contract: of contracts of 0.01 BTC a hundredth, held, closed, and at a funding time', () => {
    const trades = [trade('100', '100', true), trade('-40', '130')].map((one) => ({ ...one, contractSize: '0.01' }));
    const positions = held('60', '150', 'linear', '0.01');
    const view = performance({ ...EMPTY, trades, positions, fundingRate: '0.0001' });
    expect(view.basis[0]).toMatchObject({ realizedPnl: '12', unrealizedPnl: '30', cost: '60', averagePrice: '100', note: '' });
    expect(Number(view.figures.find((one) => one.figure === 'fundingPerHour')!.text)).toBeCloseTo((-0.6 * 150 * 0.0001) / 8, 12);
    const closed = [trades[0]!, { ...trades[1]!, size: '-100' }];
    expect(performance({ ...EMPTY, trades: closed }).basis[0]).toMatchObject({ realizedPnl: '30', note: '' });
    const tradesCsv = 'time,instrument,size,price\n1,BTC,100,100\n2,BTC,-100,130';
    expect(performance({ ...EMPTY, tradesCsv }).basis[0]).toMatchObject({
      realizedPnl: '3000',
      note: 'not held: taken as one base unit a contract',
    });
  });

  it('SY-14, SY-15: what does not fit has no number', () => {
    const short = performance({ ...EMPTY, trades: [trade('1', '100')], positions: held('2', '110') });
    expect(short.basis[0]).toMatchObject({
      realizedPnl: '',
      unrealizedPnl: '',
      note: 'trades come to 1, the position is 2: trades are missing',
    });
    expect(short.figures.find((one) => one.figure === 'realizedPnl')!.text).toBe('');
    expect(performance({ ...EMPTY, trades: [trade('1', '100')], positions: held('1', '110', 'inverse') }).basis[0]!.unrealizedPnl).toBe('');
    expect(performance({ ...EMPTY, trades: [trade('1', '100')], positions: held('1', '') }).basis[0]!.note).toBe('no mark price');
  });

  it('SY-13: a list takes the place of what the visit saw up to its last trade; its faults have pointers', () => {
    const tradesCsv = 'time,instrument,side,size,price,fee\n2026-01-01T00:00:00Z,BTC,buy,3,50,1.5';
    const { basis } = performance({ ...EMPTY, tradesCsv, trades: [trade('3', '90', true), trade('-1', '80')], positions: held('2', '80') });
    expect(basis[0]).toMatchObject({ trades: 2, realizedPnl: '30', unrealizedPnl: '60', fees: '1.5', note: '' });
    expect(() => performance({ ...EMPTY, tradesCsv: `${tradesCsv}\n1,,buy,1,1,` })).toThrow(InputError);
    expect(() => performance({ ...EMPTY, fundingRate: 'much' })).toThrow(InputError);
  });

  it('PE-16, SY-16: what the feed told was recorded: its sum by instrument, an hour’s as it is now, and how long the excess lasts by it alone', () => {
    const kept = {
      ...samples(['100', '100', '100', '100']),
      // The first is of the time before; the third is not known.
      fundingText: ['-7', '-12', '', '-23.5'],
      fundingOf: [{ BTC: '-7' }, { BTC: '-12' }, null, { BTC: '-24', ETH: '0.5' }],
      fundingPerHourText: ['', '-1', '-1', '-1.5'],
    };
    const spec = { ...EMPTY, samples: kept, positions: held('2', '60000'), marginExcess: '3600' };
    const found = figure(spec, 'fundingReceived');
    expect(found.text).toBe('-35.5');
    expect(found.terms.map(({ symbol, text }) => [symbol, text])).toEqual([
      ['BTC', '-36'],
      ['ETH', '0.5'],
      ['n', '2'],
      ['u', '1'],
    ]);
    expect(figure(spec, 'fundingPerHour').text).toBe('-1.5');
    expect(figure(spec, 'hoursToLiquidationByFunding').text).toBe('2400');
    // A rate that is typed in takes the place of the feed's.
    expect(figure({ ...spec, fundingRate: '0.0002' }, 'hoursToLiquidationByFunding').text).toBe('1200');
    const untold = { ...spec, samples: samples(['100', '100']) };
    expect(figure(untold, 'fundingReceived')).toMatchObject({ text: '', reason: expect.stringContaining('no funding rates') });
    expect(figure(untold, 'fundingPerHour')).toMatchObject({ text: '', reason: expect.stringContaining('no funding rates') });
    const command = { kind: 'study-performance', requestId: 1, spec };
    expect(checkStudy(structuredClone(command))).toBeDefined();
    expect(checkStudy({ ...command, spec: { ...spec, samples: { ...kept, fundingText: ['0'] } } })).toBeUndefined();
  });

  it('SY-16: funding, and how long the excess lasts by it alone', () => {
    const spec = { ...EMPTY, positions: held('2', '60000'), fundingRate: '0.0001', marginExcess: '3600' };
    expect(figure(spec, 'fundingPerHour').text).toBe('-1.5');
    expect(figure(spec, 'hoursToLiquidationByFunding').text).toBe('2400');
    expect(figure(spec, 'fundingPerHour').terms.find(({ symbol }) => symbol === 'ra')!.text).toBe('0.1095');
    expect(figure({ ...spec, positions: held('-2', '60000') }, 'hoursToLiquidationByFunding').reason).toBe('never');
    expect(figure({ ...spec, marginExcess: '-1' }, 'hoursToLiquidationByFunding').reason).toBe('already');
    expect(figure({ ...spec, positions: held('2', '') }, 'fundingPerHour').text).toBe('');
  });

  it('SY-11: of long lines the extremes, the ends and both sides of gaps are kept, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 400, maxLength: 2_000 }),
        fc.nat(),
        (values, seed) => {
          const line = Float64Array.from(values);
          const timeMs = Float64Array.from(values, (_, i) => START + i * 5_000);
          const isGap = new Uint8Array(values.length);
          const gap = 1 + (seed % (values.length - 1));
          isGap[gap] = 1;
          const kept = thinned(timeMs, [line], isGap);
          const drawn = kept.map((i) => line[i]!);
          expect(Math.max(...drawn)).toBe(Math.max(...values));
          expect(Math.min(...drawn)).toBe(Math.min(...values));
          expect(kept).toEqual([...kept].sort((a, b) => a - b));
          expect([kept[0], kept.at(-1)]).toEqual([0, values.length - 1]);
          expect(kept).toEqual(expect.arrayContaining([gap - 1, gap]));
          expect(kept.length).toBeLessThanOrEqual(304);
          counted('thinned', 25);
        },
      ),
    );
  });

  it('a message of another shape is no command', () => {
    const command = { kind: 'study-performance', requestId: 1, spec: EMPTY };
    expect(checkStudy(command)).toBe(command);
    expect(checkStudy({ ...command, spec: { ...EMPTY, samples: { ...EMPTY.samples, timeMs: new Float64Array(3) } } })).toBeUndefined();
    expect(checkStudy({ ...command, spec: { ...EMPTY, fundingIntervalMs: 0 } })).toBeUndefined();
  });
});
