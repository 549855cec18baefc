import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../domain/fault.ts';
import { caseFloors } from '../engine/testing/floors.ts';
import { readTrades } from './trades.ts';

const HEAD = 'time,instrument,side,size,price,fee';

const faultsOf = (text: string) => {
  try {
    readTrades(text);
  } catch (error) {
    if (error instanceof InputError) return error.faults.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
};

const counted = caseFloors();

describe('TL-1 to TL-5 lists of trades', () => {
  it('reads sides, signs, zones and milliseconds, and puts them in order of time', () => {
    const trades = readTrades(
      [HEAD, '2026-01-05T10:00:00+01:00,BTC-PERP,sell,0.5,60000,1.25', '1767571200000,BTC-PERP,BUY,2,59000,', ''].join('\r\n'),
    );
    expect(trades.map(({ timeMs, size, price, fee }) => [timeMs, size.toFixed(), price.toFixed(), fee.toFixed()])).toEqual([
      [1_767_571_200_000, '2', '59000', '0'],
      [1_767_603_600_000, '-0.5', '60000', '1.25'],
    ]);
    expect(readTrades('Price,Size,Instrument,Time\n1,-3,X,2026-01-05 10:00Z')[0]?.size.toFixed()).toBe('-3');
  });

  it('names every fault by row and column, and takes nothing of a faulty list', () => {
    expect(faultsOf('')).toEqual(['']);
    expect(faultsOf('time,side\n')).toEqual(['/0', '/0', '/0']);
    expect(faultsOf(`${HEAD},fee\n`)).toEqual(['/0']);
    expect(faultsOf(`${HEAD}\n2026-01-05T10:00:00,,keep,-1,0,x\n2026-01-05T10:00:00Z,A,buy,1,1,`)).toEqual([
      '/1/side',
      '/1/time',
      '/1/instrument',
      '/1/size',
      '/1/price',
      '/1/fee',
    ]);
    expect(faultsOf(`${HEAD}\n1,A,,0,1,`)).toEqual(['/1/size']);
  });

  it('whatever the text, there are trades or faults with pointers', () => {
    const cell = fc.oneof(fc.constantFrom('1', '-2.5', 'buy', 'sell', '', '1e5', 'NaN', '"', '2026-01-05T10:00:00Z'), fc.string());
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 7 }), { maxLength: 5 }), (rows) => {
        try {
          const trades = readTrades([HEAD, ...rows.map((row) => row.join(','))].join('\n'));
          for (const { size, price } of trades) expect([size.isFinite(), size.isZero(), price.gt(0)]).toEqual([true, false, true]);
          counted('read', 10);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.faults.length).toBeGreaterThan(0);
          counted('refused', 100);
        }
      }),
      { numRuns: 300 },
    );
  });
});
