import { describe, expect, it } from 'vitest';
import { ALARM_MODULE } from '../alarms/index.ts';
import { createEngine } from '../engine.ts';
import type { HistorySample } from '../protocol.ts';
import { feed, linear, source, tick } from '../testing/fixtures.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 5, 0, 30);

const position = (instrument: string, size: string, entryPrice: string) => ({
  instrument,
  size,
  entryPrice,
  marginMode: 'cross',
  leverage: '5',
});
const BOOK = {
  format: 'leverage-book/1',
  asOf: '2026-01-05T00:00:00Z',
  instruments: { 'hl:BTC': linear('hyperliquid', 'BTC', '60000'), 'hl:ETH': linear('hyperliquid', 'ETH', '2000') },
  assets: { USDC: { price: '1' } },
  accounts: [
    { id: 'a', venue: 'hyperliquid', balances: [{ asset: 'USDC', amount: '100000' }], positions: [position('hl:BTC', '2', '60000')] },
  ],
};

/** Prices (with what the feed tells of funding) at hours after the start; what of the account's history was kept. */
function history(book: object = BOOK) {
  const engine = createEngine();
  engine.takeAlarms(ALARM_MODULE);
  const samples: HistorySample[] = [];
  let nowMs = 0;
  const send = (input: Parameters<typeof engine.step>[0]): void => {
    nowMs += 1_000;
    engine.step(input, nowMs);
    engine.step({ kind: 'flush' }, nowMs);
    samples.push(...(engine.takeNews()?.samples.map(({ sample }) => sample) ?? []));
  };
  send({ kind: 'journal-memory', memory: { rules: null, areClosuresOn: false, acknowledgements: [], machines: [] } });
  send({ kind: 'load', requestId: 1, name: 'book', text: JSON.stringify(book) });
  let isFirst = true;
  const at = (
    hours: number,
    prices: Readonly<Record<string, string>>,
    rates: Readonly<Record<string, string>> = {},
    intervalMs = 8 * HOUR,
  ) => {
    const timeMs = START + hours * HOUR;
    const ticks = Object.entries(prices).map(([market, price]) => {
      const rate = rates[market];
      return { ...tick(market, price, timeMs), ...(rate === undefined ? {} : { funding: { rate, intervalMs } }) };
    });
    // At 600 times real time a look every half an hour is no gap.
    send(feed(ticks, timeMs, { source: source(timeMs, { speed: 600 }), restarted: isFirst, staleAfterMs: 2 * HOUR }));
    isFirst = false;
  };
  const funding = () => samples.map((sample) => sample.funding);
  const total = () => funding().reduce((sum, text) => sum + Number(text), 0);
  return { at, send, samples, funding, total };
}

describe('PE-16 funding as the feed tells it, in the history', () => {
  it('FUND-1: 2 BTC at 60,000 and 0.01 % pay 36 over three funding times, 1.5 an hour; nothing of it is in the equity', () => {
    const run = history();
    for (let half = 0; half <= 48; half++) run.at(half / 2, { BTC: '60000' }, half === 0 ? { BTC: '0.0001' } : {});
    expect(run.samples).toHaveLength(49);
    expect(run.funding()[0]).toBe('');
    const paid = run.samples.filter(({ fundingOf }) => fundingOf !== undefined);
    // 08:00, 16:00 and 24:00 UTC.
    expect(paid.map(({ timeMs }) => new Date(timeMs).toISOString().slice(11, 16))).toEqual(['08:00', '16:00', '00:00']);
    expect(paid.map(({ funding, fundingOf }) => [funding, fundingOf])).toEqual(Array(3).fill(['-12', { 'hl:BTC': '-12' }]));
    expect(run.total()).toBe(-36);
    expect(run.samples.slice(1).every(({ fundingPerHour, equity }) => fundingPerHour === '-1.5' && equity === '100000')).toBe(true);
  });

  it('each position by its own rate and interval, at the mark last seen before; shorts receive', () => {
    const run = history({
      ...BOOK,
      accounts: [{ ...BOOK.accounts[0], positions: [position('hl:BTC', '2', '60000'), position('hl:ETH', '-30', '2000')] }],
    });
    run.at(0, { BTC: '60000' }, { BTC: '0.0001' });
    run.at(0, { ETH: '2000' }, { ETH: '0.00002' }, HOUR);
    run.at(1, { BTC: '60000', ETH: '2100' });
    run.at(2, { BTC: '60000', ETH: '2200' }, { ETH: '-0.00005' }, HOUR);
    run.at(3, { BTC: '60000', ETH: '2300' });
    // 01:00 at 2,000, 02:00 at 2,100, 03:00 at 2,200 and the new rate: 30 × 2000 × 0.00002, 30 × 2100 × 0.00002, −30 × 2200 × 0.00005.
    expect(run.funding().slice(-3)).toEqual(['1.2', '1.26', '-3.3']);
    // BTC: −12 in 8 h; ETH: −30 × 2300 × 0.00005.
    expect(run.samples.at(-1)?.fundingPerHour).toBe('-4.95');
    expect(run.samples.at(-1)?.fundingOf).toEqual({ 'hl:ETH': '-3.3' });
  });

  it('a position that is changed pays by what it is at the funding time', () => {
    const run = history();
    run.at(0, { BTC: '60000' }, { BTC: '0.0001' });
    for (const hours of [1, 2, 3, 4, 5, 6, 7, 7.25]) run.at(hours, { BTC: '60000' });
    run.send({ kind: 'edit', requestId: 3, edit: { kind: 'position-set', index: 0, position: { size: '1' } } });
    run.at(7.5, { BTC: '60000' });
    expect(run.total()).toBe(-6);
  });

  it('is not known without a rate, before the first sample, and across a time of which nothing was seen in which funding fell due', () => {
    const without = history();
    for (const hours of [0, 1, 2]) without.at(hours, { BTC: '60000' });
    expect(without.funding()).toEqual(['', '', '']);
    expect(without.samples.at(-1)?.fundingPerHour).toBe('');
    const run = history();
    run.at(0, { BTC: '60000' }, { BTC: '0.0001' });
    // Four hours without a funding time are a gap in which none was paid; six with one are not known.
    run.at(4, { BTC: '60000' });
    run.at(10, { BTC: '60000' });
    run.at(11, { BTC: '60000' });
    expect(run.funding()).toEqual(['', '0', '', '0']);
    // Set back, what was accrued is of another course.
    run.at(9, { BTC: '60000' });
    expect(run.funding().at(-1)).toBe('');
  });

  it('what is no rate is passed over: the one before holds', () => {
    const run = history();
    run.at(0, { BTC: '60000' }, { BTC: '0.0001' });
    for (const rate of ['much', '', '2', '-1.5', 'NaN']) run.at(0.1, { BTC: '60000' }, { BTC: rate });
    for (const intervalMs of [0, -HOUR, 1.5, 25 * HOUR, Number.NaN]) run.at(0.2, { BTC: '60000' }, { BTC: '0.5' }, intervalMs);
    expect(run.samples.at(-1)?.fundingPerHour).toBe('-1.5');
  });
});
