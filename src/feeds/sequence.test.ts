import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSequencer } from './sequence.ts';
import { isPriceText, type RawTick } from './well-formed.ts';

const MARKETS = new Set(['BTC', 'ETH']);
const tick = (venueTimeMs: number, price = '100', market = 'BTC'): RawTick => ({ market, price, kind: 'mark', venueTimeMs });
const make = (options: { queueMax?: number; lateMsMax?: number } = {}) => createSequencer({ markets: MARKETS, ...options });

describe('FD-4 malformed ticks', () => {
  const GOOD = ['1', '0.0001', '65133.5', '.5', '1.', '1e-8', '1.287E-05', '12e+3', '9'.repeat(39)];
  const BAD = [
    '',
    ' 1',
    '1 ',
    '0',
    '0.000',
    '0e5',
    '-1',
    '+1',
    'NaN',
    'Infinity',
    '1e400',
    '1e40',
    '1e-40',
    '1,000',
    '0x10',
    '1e',
    '.',
    '1_0',
    '9'.repeat(5_000),
  ];

  it.each(GOOD)('default: %s is a price', (text) => expect(isPriceText(text)).toBe(true));
  it.each(BAD)('error: "%s" is not', (text) => expect(isPriceText(text)).toBe(false));
  it('error: nor is anything that is not text', () => {
    for (const value of [1, null, undefined, {}, ['1'], 1n]) expect(isPriceText(value)).toBe(false);
  });

  it('behavior: malformed ticks are counted and leave no trace, their good neighbours pass', () => {
    const sequencer = make();
    const hostile = Object.create(null);
    const bad: unknown[] = [
      ...BAD.map((price) => tick(1_000, price)),
      { ...tick(1_000), market: 'DOGE' },
      { ...tick(1_000), market: hostile },
      { ...tick(1_000), kind: 'mid' },
      { ...tick(1_000), venueTimeMs: Number.NaN },
      { ...tick(1_000), venueTimeMs: -1 },
      { ...tick(1_000), venueTimeMs: 1.5 },
      { ...tick(1_000), venueTimeMs: '1000' },
      { ...tick(1_000), price: hostile },
      null,
      'BTC',
      {},
    ];
    sequencer.accept({ sequence: 1, arrivalTimeMs: 5, ticks: [...(bad as RawTick[]), tick(900, '7')] });
    expect(sequencer.drain()).toEqual([{ ...tick(900, '7'), arrivalTimeMs: 5 }]);
    expect(sequencer.counts()).toMatchObject({ accepted: 1, rejected: bad.length });
    expect(sequencer.lastVenueTimeMs()).toBe(900);
    expect(sequencer.lastRejection()).toBeDefined();
  });

  it('FD-29: what is told of funding goes with a mark; what is none is left out and the price taken', () => {
    const said = (funding: unknown, kind: RawTick['kind'] = 'mark') => {
      const sequencer = make();
      sequencer.accept({ arrivalTimeMs: 1, ticks: [{ ...tick(1), kind, funding } as RawTick] });
      return sequencer.drain().map((one) => [one.price, one.funding]);
    };
    for (const rate of ['0.0001', '-2.5e-5', '0']) expect(said({ rate, intervalMs: 5 })).toEqual([['100', { rate, intervalMs: 5 }]]);
    const none = [
      null,
      7,
      {},
      { rate: '' },
      { rate: 'x', intervalMs: 5 },
      { rate: 1, intervalMs: 5 },
      { rate: '1', intervalMs: 0 },
      { rate: '1', intervalMs: '5' },
    ];
    for (const funding of none) expect(said(funding)).toEqual([['100', undefined]]);
    expect(said({ rate: '0.0001', intervalMs: 5 }, 'index')).toEqual([['100', undefined]]);
  });

  it('behavior: a frame of nothing but rubbish is no sign of life, an empty frame is', () => {
    const sequencer = make();
    sequencer.accept({ arrivalTimeMs: 5, ticks: [tick(1, 'NaN')] });
    expect(sequencer.lastArrivalTimeMs()).toBeUndefined();
    sequencer.accept({ arrivalTimeMs: 6, ticks: [] });
    expect(sequencer.lastArrivalTimeMs()).toBe(6);
  });

  it('error: a sequence number that is none loses its frame', () => {
    const sequencer = make();
    for (const sequence of [Number.NaN, -1, 1.5, '1' as unknown as number])
      sequencer.accept({ sequence, arrivalTimeMs: 0, ticks: [tick(1)] });
    expect(sequencer.drain()).toEqual([]);
    expect(sequencer.counts().rejected).toBe(4);
  });
});

describe('FD-5 counted frames', () => {
  const feed = (frames: readonly [sequence: number, venueTimeMs: number][]) => {
    const sequencer = make();
    for (const [sequence, venueTimeMs] of frames)
      sequencer.accept({ sequence, arrivalTimeMs: 0, ticks: [tick(venueTimeMs, String(venueTimeMs))] });
    return { times: sequencer.drain().map(({ venueTimeMs }) => venueTimeMs), counts: sequencer.counts() };
  };

  it('default: in order, no gaps', () => {
    expect(
      feed([
        [7, 1],
        [8, 2],
        [9, 3],
      ]),
    ).toMatchObject({ times: [1, 2, 3], counts: { gaps: 0, accepted: 3 } });
  });
  it('behavior: a jump is one gap, however wide', () => {
    expect(
      feed([
        [1, 1],
        [2, 2],
        [90, 3],
        [91, 4],
        [93, 5],
      ]),
    ).toMatchObject({ times: [1, 2, 3, 4, 5], counts: { gaps: 2 } });
  });
  it('behavior: the same frame twice counts once', () => {
    expect(
      feed([
        [1, 1],
        [1, 1],
        [2, 2],
      ]),
    ).toMatchObject({ times: [1, 2], counts: { duplicates: 1, gaps: 0 } });
  });
  it('behavior: frames that come late are not applied over newer ones', () => {
    expect(
      feed([
        [1, 1],
        [3, 3],
        [2, 2],
        [4, 4],
      ]),
    ).toMatchObject({ times: [1, 3, 4], counts: { late: 1, gaps: 1 } });
  });
  it('behavior: a block sent again is not applied again', () => {
    expect(
      feed([
        [1, 1],
        [2, 2],
        [3, 3],
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
      ]),
    ).toMatchObject({ times: [1, 2, 3, 4], counts: { late: 2, duplicates: 1, gaps: 0 } });
  });
  it('behavior: a counter that begins again while time goes on is a gap, not an end', () => {
    expect(
      feed([
        [500, 10],
        [501, 11],
        [0, 12],
        [1, 13],
      ]),
    ).toMatchObject({ times: [10, 11, 12, 13], counts: { gaps: 1, late: 0 } });
  });
  it('behavior: a single absurd number does not deafen the feed', () => {
    expect(
      feed([
        [1, 1],
        [9e15, 2],
        [3, 3],
        [4, 4],
      ]),
    ).toMatchObject({ times: [1, 2, 3, 4], counts: { gaps: 2 } });
  });
  it('behavior: streams count apart', () => {
    const sequencer = make();
    for (const stream of ['a', 'b'])
      for (const sequence of [1, 2])
        sequencer.accept({ stream, sequence, arrivalTimeMs: 0, ticks: [tick(sequence, stream === 'a' ? '1' : '2')] });
    expect(sequencer.counts()).toMatchObject({ gaps: 0, late: 0 });
  });
  it('behavior: after a reset the next frame is the first', () => {
    const sequencer = make();
    sequencer.accept({ sequence: 9, arrivalTimeMs: 0, ticks: [tick(9)] });
    sequencer.reset();
    sequencer.accept({ sequence: 1, arrivalTimeMs: 1, ticks: [tick(8)] });
    expect(sequencer.drain()).toEqual([{ ...tick(8), arrivalTimeMs: 1 }]);
    expect(sequencer.counts()).toMatchObject({ gaps: 0, accepted: 2 });
  });
});

describe('FD-6 uncounted ticks go by venue time', () => {
  const feed = (ticks: readonly RawTick[], lateMsMax?: number) => {
    const sequencer = make(lateMsMax === undefined ? {} : { lateMsMax });
    for (const one of ticks) sequencer.accept({ arrivalTimeMs: 0, ticks: [one] });
    return { said: sequencer.drain().map(({ venueTimeMs, price }) => `${venueTimeMs} ${price}`), counts: sequencer.counts() };
  };

  it('behavior: older is late, same time and price is a duplicate, same time and another price is news', () => {
    expect(feed([tick(10, '1'), tick(9, '2'), tick(10, '1'), tick(10, '3')])).toMatchObject({
      said: ['10 1', '10 3'],
      counts: { late: 1, duplicates: 1 },
    });
  });
  it('behavior: markets and kinds are ordered apart', () => {
    expect(feed([tick(10), tick(5, '2', 'ETH'), { ...tick(3), kind: 'index' }]).counts).toMatchObject({ accepted: 3, late: 0 });
  });
  it('behavior: a venue clock set back is believed at the third tick that keeps to it', () => {
    const set = feed([tick(100_000, '1'), tick(1_000, '2'), tick(1_001, '3'), tick(1_002, '4'), tick(1_003, '5')]);
    expect(set).toMatchObject({ said: ['100000 1', '1002 4', '1003 5'], counts: { late: 2, gaps: 1 } });
  });
  it('behavior: one stamp from far ahead does not silence a market for good', () => {
    const set = feed([tick(1, '1'), tick(9_000_000, '2'), tick(2, '3'), tick(3, '4'), tick(4, '5')]);
    expect(set).toMatchObject({ said: ['1 1', '9000000 2', '4 5'] });
  });
  it('behavior: old ticks out of order among themselves prove nothing', () => {
    expect(feed([tick(100_000, '1'), tick(1_002, '2'), tick(1_001, '3'), tick(1_000, '4')])).toMatchObject({
      said: ['100000 1'],
      counts: { late: 3, gaps: 0 },
    });
  });
});

describe('FD-7 the queue is bounded', () => {
  it('behavior: the oldest go, and are counted', () => {
    const sequencer = make({ queueMax: 10 });
    for (let i = 1; i <= 1_000; i++) sequencer.accept({ sequence: i, arrivalTimeMs: i, ticks: [tick(i, String(i))] });
    expect(sequencer.drain().map(({ venueTimeMs }) => venueTimeMs)).toEqual([991, 992, 993, 994, 995, 996, 997, 998, 999, 1_000]);
    expect(sequencer.counts()).toMatchObject({ accepted: 1_000, dropped: 990 });
    sequencer.accept({ sequence: 1_001, arrivalTimeMs: 0, ticks: [tick(1_001)] });
    expect(sequencer.drain().length).toBe(1);
  });
});

describe('FD-4 to FD-7 property', () => {
  it('whatever arrives: every tick told was sent, and every tick sent is told or counted', () => {
    let reached = 0;
    const rawTick = fc.record({
      market: fc.constantFrom('BTC', 'ETH', 'DOGE'),
      price: fc.constantFrom('1', '2', '3.5', '0', '-1', 'NaN', '1e400'),
      kind: fc.constantFrom('mark' as const, 'last' as const),
      venueTimeMs: fc.integer({ min: -1, max: 40 }),
    });
    const frame = fc.record({ sequence: fc.integer({ min: 0, max: 12 }), ticks: fc.array(rawTick, { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(frame, { minLength: 4, maxLength: 30 }), fc.integer({ min: 1, max: 8 }), (frames, queueMax) => {
        const sequencer = make({ queueMax });
        const sent = new Set<string>();
        let sentCount = 0;
        let tickLost = 0;
        const heard: string[] = [];
        for (const { sequence, ticks } of frames) {
          for (const one of ticks) sent.add(JSON.stringify(one));
          sentCount += ticks.length;
          const before = sequencer.counts();
          sequencer.accept({ sequence, arrivalTimeMs: 1, ticks });
          const after = sequencer.counts();
          const answered = after.accepted + after.rejected - before.accepted - before.rejected;
          tickLost += ticks.length - answered;
          if (sequence % 3 === 0) heard.push(...sequencer.drain().map(({ arrivalTimeMs: _, ...rest }) => JSON.stringify(rest)));
        }
        heard.push(...sequencer.drain().map(({ arrivalTimeMs: _, ...rest }) => JSON.stringify(rest)));
        const counts = sequencer.counts();
        for (const one of heard) expect(sent.has(one)).toBe(true);
        expect(heard.length).toBe(counts.accepted - counts.dropped);
        expect(counts.accepted + counts.rejected + tickLost).toBe(sentCount);
        expect(tickLost === 0 || counts.late + counts.duplicates > 0).toBe(true);
        if (heard.length > 0 && counts.rejected > 0 && counts.late + counts.duplicates > 0) reached++;
      }),
      { numRuns: 600, seed: 20251010 },
    );
    expect(reached).toBeGreaterThanOrEqual(300);
  });
});
