import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DESK_COLUMNS, NO_FILTER, RISK_STATES } from '../session/protocol.ts';
import {
  createLinkWriter,
  DESK_LINK_LENGTH_MAX,
  type DeskView,
  decodeDeskLink,
  encodeDeskLink,
  LINK_INTERVAL_MS,
  leftOutOf,
} from './desk-link.ts';
import { DESK_LINK_PREFIX, isDeskLink } from './desk-state.ts';

const NOTHING: DeskView = { source: null, filter: NO_FILTER, sort: [], ladder: null };

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('BTC', 'hl:ETH/USD', 'a,b&c=d:e', 'Ω 100%', '=', '__proto__'),
);
const finite = fc
  .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 0.1, 1e-9, -5, 1e21, 123_456_789))
  .map((x) => x + 0);
const range = fc
  .record({
    column: fc.constantFrom(...DESK_COLUMNS),
    atLeast: fc.option(finite),
    atMost: fc.option(finite),
    isBelow: fc.boolean(),
  })
  .filter(({ atLeast, atMost }) => atLeast !== null || atMost !== null);
const view: fc.Arbitrary<DeskView> = fc.record({
  source: fc.oneof(
    fc.constant(null),
    fc.constant({ kind: 'book' as const }),
    fc.record({
      kind: fc.constant('population' as const),
      accounts: fc.integer({ min: 1, max: 1_000_000 }),
      seed: fc.integer({ min: -1e9, max: 1e9 }),
    }),
  ),
  filter: fc.record({
    states: fc.uniqueArray(fc.constantFrom(...RISK_STATES)),
    venues: fc.uniqueArray(name, { maxLength: 4 }),
    markets: fc.uniqueArray(name, { maxLength: 4 }),
    side: fc.constantFrom('any', 'long', 'short'),
    ranges: fc.array(range, { maxLength: 3 }),
    rung: fc.option(
      fc
        .record({
          market: fc.oneof(fc.constant(''), name),
          sign: fc.constantFrom(-1, 1),
          after: fc.nat({ max: 40 }),
          more: fc.integer({ min: 1, max: 40 }),
        })
        .map(({ market, sign, after, more }) => ({ market, after: (sign * after) / 100 + 0, upTo: (sign * (after + more)) / 100 })),
    ),
    text: fc.constant(''),
    watchedOnly: fc.boolean(),
  }),
  sort: fc.uniqueArray(
    fc.record({ column: fc.constantFrom(...DESK_COLUMNS, 'venue' as const, 'account' as const), falling: fc.boolean() }),
    {
      maxLength: 4,
      selector: ({ column }) => column,
    },
  ),
  ladder: fc.option(fc.record({ ladderMarket: fc.oneof(fc.constant(''), name), ladderStep: fc.constantFrom(0.001, 0.01, 0.05, 0.5) })),
});

describe('DM-15 the desk’s view as a link', () => {
  it('comes back as it was', () => {
    let reached = 0;
    fc.assert(
      fc.property(view, (before) => {
        const link = encodeDeskLink(before);
        if (link === DESK_LINK_PREFIX) return;
        expect(link).toMatch(/^desk\/1\?[\w.!~*'()%:,=&+-]*$/);
        expect(decodeDeskLink(link)).toEqual(before);
        expect(leftOutOf(link, before)).toEqual({ fields: [], unknown: 0 });
        reached++;
      }),
      { numRuns: 500 },
    );
    expect(reached).toBeGreaterThan(400);
  });

  it('names no account: neither text that was searched nor a watch-list', () => {
    const searched: DeskView = { ...NOTHING, filter: { ...NO_FILTER, text: '0xSECRET', watchedOnly: true } };
    expect(encodeDeskLink(searched)).toBe('desk/1?watched=1');
    expect(decodeDeskLink('desk/1?text=0xSECRET&account=1')).toEqual(NOTHING);
  });

  it('is short where all is as usual, and none where a list would not fit', () => {
    expect(encodeDeskLink(NOTHING)).toBe(DESK_LINK_PREFIX);
    expect(decodeDeskLink(DESK_LINK_PREFIX)).toEqual(NOTHING);
    const many = { ...NOTHING, filter: { ...NO_FILTER, markets: Array.from({ length: 51 }, (_, i) => `M${i}`) } };
    expect(encodeDeskLink(many)).toBe(DESK_LINK_PREFIX);
    const long = { ...NOTHING, filter: { ...NO_FILTER, markets: Array.from({ length: 50 }, (_, i) => `${i}${'%'.repeat(60)}`) } };
    expect(encodeDeskLink(long).length).toBeLessThanOrEqual(DESK_LINK_LENGTH_MAX);
  });

  it.each(['', 'desk', 'desk/2?state=watch', 'desk/1x', '/desk/1', 'margin', `desk/1?${'a'.repeat(DESK_LINK_LENGTH_MAX)}`])(
    'is none: %j',
    (link) => {
      expect(decodeDeskLink(link)).toBeUndefined();
    },
  );

  it.each([
    'desk/1?population=1000001.1',
    'desk/1?population=0.1',
    'desk/1?population=1e3.1',
    'desk/1?population=100.5.5',
    'desk/1?state=liquid,__proto__,constructor',
    'desk/1?side=both&watched=true&book=yes',
    'desk/1?market=%E0%A4%A,%,%ZZ',
    'desk/1?range=equity::,equity:NaN:1,equity:0x10:1,id:1:2,equity:1:2:above,equity:Infinity:,equity:1_0:2,equity: 1:2',
    'desk/1?rung=BTC:-0.02:-0.01,BTC:0.1:-0.2,BTC:0:-2,BTC:0:11,BTC:x:1',
    'desk/1?sort=equity,equity:sideways,id:up,__proto__:down',
    'desk/1?ladder=BTC:0,BTC:0.6,BTC:abc,%:0.1',
    'desk/1?&&&=&==&state',
  ])('takes nothing from %j', (link) => {
    expect(decodeDeskLink(link)).toEqual(NOTHING);
  });

  it('of a field that is named twice the first counts, of a list what fits', () => {
    expect(decodeDeskLink('desk/1?side=long&side=short&state=watch,nonsense,watch,bankrupt')?.filter).toMatchObject({
      side: 'long',
      states: ['watch', 'bankrupt'],
    });
  });

  it.each([
    ['desk/1?population=0.1&state=watch,nonsense&sort=equity:up', ['population', 'state'], 0],
    ['desk/1?side=both&watched=true&book=yes&rung=x&ladder=BTC:0', ['side', 'watched', 'book', 'rung', 'ladder'], 0],
    ['desk/1?market=%ZZ,BTC&range=equity:x:1&sort=equity:up,equity:down', ['market', 'range', 'sort'], 0],
    ['desk/1?text=0xSECRET&__proto__=1&side=long&side=short&x', [], 4],
    ['desk/1?book=1&population=5.1&state=&market=A,A', [], 0],
    ['desk/1', [], 0],
  ])('says what is left out of %j', (link, fields, unknown) => {
    expect(leftOutOf(link, decodeDeskLink(link)!)).toEqual({ fields, unknown });
  });

  it('never throws, and never gives what a query may not be', () => {
    let reached = 0;
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('state=', 'range=', 'sort=', '&', ',', ':', '%', 'equity', '1', 'down'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const decoded = decodeDeskLink(`desk/1?${parts.join('')}`);
        if (!decoded) return;
        expect(decoded.filter.text).toBe('');
        expect(decodeDeskLink(encodeDeskLink(decoded))).toEqual(decoded);
        reached++;
      }),
      { numRuns: 500 },
    );
    expect(reached).toBeGreaterThan(300);
  });

  it('is told from the margin page’s address', () => {
    expect([isDeskLink('desk/1'), isDeskLink('desk/1?x'), isDeskLink('desk/12'), isDeskLink('')]).toEqual([true, true, false, false]);
  });
});

describe('DM-18 the address is written at most four times a second', () => {
  it('at once, then the newest when the rest is over', () => {
    const written: string[] = [];
    const timers: { run: () => void; delayMs: number }[] = [];
    const write = createLinkWriter({
      replace: (link) => void written.push(link),
      after: (run, delayMs) => void timers.push({ run, delayMs }),
    });
    const pass = (): void => {
      for (const { run } of timers.splice(0)) run();
    };
    for (const link of ['a', 'b', 'c']) write(link);
    expect(written).toEqual(['a']);
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([LINK_INTERVAL_MS]);
    pass();
    expect(written).toEqual(['a', 'c']);
    pass();
    write('c');
    expect(written).toEqual(['a', 'c']);
    write('d');
    expect(written).toEqual(['a', 'c', 'd']);
  });
});
