import { expect, it } from 'vitest';
import { Decimal } from '../../../domain/units.ts';
import { assessAccount } from '../../../engine/assess.ts';
import type { AlarmEvent, FloodEvent, Reading } from '../../../policy/alarms/events.ts';
import { groupsOver } from '../../../policy/alarms/group.ts';
import { subjectKey } from '../../../policy/alarms/identity.ts';
import { createAlarmMachine } from '../../../policy/alarms/machine.ts';
import { poolReading } from '../../../policy/alarms/reading.ts';
import { type AlarmRule, type AlarmRules, DEFAULT_RULES, type Measure, type Scope } from '../../../policy/alarms/rules.ts';
import { ruleAtOnce } from '../../../policy/alarms/testing/rule.ts';
import { exposuresOf, oddsOf } from '../../alarms/odds.ts';
import type { SourceView } from '../../protocol.ts';
import { NO_SOURCE } from '../../protocol.ts';
import { accountAndBook } from '../desk-engine.ts';
import { NONE } from '../desk-state.ts';
import { changeAccount, type OpenDesk } from '../opened.ts';
import { openBookNow } from '../testing/open.ts';
import { changesOf, walk } from '../testing/price-walk.ts';
import { MARKETS, type Random, randomAccount, randomBook, seeded } from '../testing/random-books.ts';
import { tick } from '../tick.ts';
import { DeskAlarms } from './desk-alarms.ts';
import { Candidates, gather } from './gather.ts';
import { readingAt, subjectOfPool } from './readings.ts';
import { fillVolatility, slotMarkets } from './slot-markets.ts';
import { termsOf } from './terms.ts';

const volatilityOf = (market: string): number => (market === 'BTC' ? 0.03 : 0.05);
const SECOND = 1_000;
const START_MS = Date.UTC(2026, 0, 1);
const at = (clockMs: number): SourceView => ({ ...NO_SOURCE, kind: 'replay', name: 'walk', clockMs });

const rule = (id: string, measure: Measure, arm: string | Decimal, clear: string | Decimal, more: Partial<AlarmRule> = {}): AlarmRule =>
  ruleAtOnce({ id, measure, severity: 'warning' }, arm, clear, more);

const MIXED: AlarmRule[] = [
  rule('p', 'liquidationProbability24h', '0.05', '0.03', { severity: 'watch', onDelayMs: 20 * SECOND, offDelayMs: 30 * SECOND }),
  rule('s', 'sigmaDistance', '1', '1.5', { severity: 'margin-call', onDelayMs: 10 * SECOND }),
  rule('r', 'marginRatio', '0.5', '0.45', { onDelayMs: 10 * SECOND, cooldownMs: 60 * SECOND }),
  rule('rc', 'marginRatio', '0.8', '0.75', { severity: 'margin-call' }),
  rule('h', 'healthFactor', '1.3', '1.4'),
  rule('l', 'leverage', '15', '14', { scope: { kind: 'venue', venue: 'hyperliquid' } }),
  rule('x', 'marginExcess', '500', '600', { scope: { kind: 'market', market: 'ETH' }, offDelayMs: 20 * SECOND }),
  rule('d', 'liquidationDistance', '0.04', '0.05'),
];

/** Every pool of every account, by the exact engine alone; σ as the desk has it. */
function everything(open: OpenDesk, rules: AlarmRules): Reading[] {
  const desk = open.kernel;
  const markets = slotMarkets(desk);
  fillVolatility(markets, volatilityOf);
  const all = new Candidates();
  const watched = new Uint8Array(desk.pools.capacity).fill(1);
  for (const _ of gather({ desk, terms: termsOf(rules), markets, watched, volatilityOf }, all));
  const placeOf = new Map(Array.from({ length: all.count }, (_, i) => [all.pool[i]!, i] as const));
  const readings: Reading[] = [];
  for (let row = 0; row < desk.columns.count; row++) {
    const { account, book } = accountAndBook(desk, row);
    const { pools } = assessAccount(account, book, desk.rulesOf(account.venue));
    let ordinal = 0;
    for (let pool = desk.firstPool[row]!; pool !== NONE; pool = desk.pools.next[pool]!, ordinal++) {
      const subject = subjectOfPool(desk, markets, pool);
      expect(subject.pool).toBe(pools[ordinal]!.id);
      const { values } = readingAt(all, placeOf.get(pool)!, subject, false);
      const { sigmaDistance = Number.NaN, liquidationProbability24h = Number.NaN } = values;
      const odds = { sigmaDistance: sigmaDistance as number, liquidationProbability24h: liquidationProbability24h as number };
      readings.push({ ...poolReading(subject, pools[ordinal]!, odds), subject });
    }
  }
  return readings;
}

/** The figures of an event as far as doubles agree with decimals; the distance in per cent is looked for no further than a rule asks. */
const textOf = ({ values, episode, atMs }: AlarmEvent): string => {
  const rounded = (figures: AlarmEvent['values']): string =>
    Object.entries(figures)
      .filter(([measure]) => measure !== 'liquidationDistance')
      .map(([measure, value]) => `${measure}=${Number(value).toPrecision(6)}`)
      .sort()
      .join(',');
  return `${atMs} ${rounded(values)} worst ${rounded(episode.worst)} ${episode.call?.asked?.toPrecision(7)} ${episode.durationMs}`;
};

const told = (events: readonly (AlarmEvent | FloodEvent)[]): string[] =>
  events
    .map((event) =>
      event.kind === 'flood'
        ? `flood ${event.phase} ${JSON.stringify(event.counts)} ${event.atRisk.toPrecision(6)} ${event.ranked[0]?.atRisk.toPrecision(6)}`
        : `${subjectKey(event.subject)} ${event.id} ${event.kind} ${event.rule} ${event.from}>${event.to} ${event.notice} ${textOf(event)}`,
    )
    .sort();

/** Who is in a group, by the account itself. */
const membersOf = (open: OpenDesk) =>
  groupsOver((id) => {
    const { columns, store } = open.kernel;
    for (let row = 0; row < columns.count; row++)
      if (store.names.idOf(columns.accounts.source[row]!) === id) {
        const { account, book } = accountAndBook(open.kernel, row);
        return { account, instruments: book.instruments };
      }
    return undefined;
  });

/** The desk's alarms over `open`, beside a plain machine that is given every pool exactly at every look. */
function beside(open: OpenDesk, first: AlarmRules) {
  const isInGroup = membersOf(open);
  let rules = first;
  let machine = createAlarmMachine(rules, { isInGroup });
  let heard: string[] = [];
  const alarms = new DeskAlarms(open, () => ({ rules, volatilityOf }), {
    onEvents: (events) => {
      heard = told(events);
    },
  });
  let sequence = 0;
  return {
    alarms,
    look: (timeMs: number) => {
      heard = [];
      alarms.moved(at(timeMs));
      while (alarms.isWorking) alarms.work();
      const { alike } = alarms;
      const readings = everything(open, rules);
      const known = new Set(readings.map(({ subject }) => subjectKey(subject)));
      const removed = Array.from(machine.states(), ({ subject }) => subject).filter((subject) => !known.has(subjectKey(subject)));
      const events = machine.evaluate({ sequence: ++sequence, timeMs, readings, removed });
      return { heard, alike, plain: told(events), events, readings: readings.length };
    },
    isInGroup,
    regroup: () => machine.regroup(),
    take: (next: AlarmRules) => {
      rules = next;
      machine = createAlarmMachine(rules, { isInGroup, snapshot: machine.snapshot() });
    },
  };
}

const withRules = (rules: readonly AlarmRule[]): AlarmRules => ({
  ...DEFAULT_RULES,
  rules,
  flood: { start: 40, end: 20, withinMs: 60_000 },
});

it('DA-2, DA-3: the desk says what a machine says that is given every pool exactly at every look', () => {
  let events = 0;
  let readings = 0;
  let unjudged = 0;
  for (const seed of [1, 2, 3, 4]) {
    const next = seeded(seed);
    const open = openBookNow(randomBook(next, { accounts: 60, ...(seed === 3 ? { unknownShare: 0.2 } : {}) }));
    const own: Scope = { kind: 'account', account: open.kernel.store.names.idOf(0) };
    const { look } = beside(open, withRules([...MIXED, rule('own', 'leverage', '0.5', '0.4', { scope: own })]));
    const prices = new Map(Object.entries(MARKETS));
    for (let i = 0; i < 24; i++) {
      tick(open.kernel, changesOf(open.kernel.board, walk(next, prices, i % 3 === 0 ? 0.03 : 0.004, 0.8)));
      // Seed 4 has a gap, in which nothing was seen.
      const { heard, plain, alike, readings: count } = look(START_MS + i * 10 * SECOND + (seed === 4 && i > 12 ? 600 * SECOND : 0));
      expect(heard).toEqual(plain);
      events += plain.length;
      readings += count;
      unjudged += alike;
    }
  }
  console.log(`desk alarms: ${readings} readings, ${events} events, none missed, none invented; ${unjudged} crossed nothing`);
  expect(events).toBeGreaterThan(300);
  expect(unjudged).toBeGreaterThan(1_000);
});

const group = (filter: string): Pick<AlarmRule, 'scope'> => ({ scope: { kind: 'group', filter } });

const GROUPS: AlarmRule[] = [
  rule('g-longs', 'leverage', '3', '2.5', { ...group('market=BTC&side=long'), severity: 'watch', offDelayMs: 20 * SECOND }),
  rule('g-funds', 'marginRatio', '0.2', '0.15', { ...group('venue=okx,bybit,aave-v3&text=FUND%203'), onDelayMs: 10 * SECOND }),
  rule('g-named', 'marginExcess', '20000', '30000', { ...group('text==a1|a7|a12|a13|a20'), severity: 'margin-call' }),
  rule('g-shorts', 'liquidationProbability24h', '0.005', '0.003', group('side=short')),
  rule('g-ether', 'liquidationDistance', '0.15', '0.2', group('market=ETH,SOL&side=short&venue=hyperliquid,okx')),
];
/** As imported while alarms stand: a rule for others, one gone, one new. */
const OTHER_GROUPS: AlarmRule[] = [
  { ...GROUPS[0]!, ...group('market=ETH,SOL&side=long') },
  ...GROUPS.slice(1, 4),
  rule('g-new', 'sigmaDistance', '4', '5', group('venue=bybit')),
];

it('DA-12: rules of groups, accounts that enter and leave them, and other rules while alarms stand', () => {
  const byRules = { group: 0, other: 0, moved: 0, gone: 0, afterImport: 0 };
  for (const seed of [61, 62]) {
    const next = seeded(seed);
    const book = randomBook(next, { accounts: 60 });
    const labelled = book.accounts.map((account, i) => ({ ...account, label: `Fund ${i % 7}` }));
    const open = openBookNow({ ...book, accounts: labelled });
    const { look, take, regroup, isInGroup } = beside(open, withRules([...MIXED, ...GROUPS]));
    const { columns } = open.kernel;
    const prices = new Map(Object.entries(MARKETS));
    for (let i = 0; i < 20; i++) {
      tick(open.kernel, changesOf(open.kernel.board, walk(next, prices, i % 4 === 0 ? 0.03 : 0.004, 0.8)));
      for (let edit = 0; edit < 4; edit++) {
        const row = Math.floor(next() * columns.count);
        const { account } = accountAndBook(open.kernel, row);
        const filters = [...GROUPS, ...OTHER_GROUPS].flatMap(({ scope }) => (scope.kind === 'group' ? [scope.filter] : []));
        const before = filters.map((filter) => isInGroup(filter, account.id)).join();
        // Turned around, or another account altogether.
        const positions = account.positions.map((position) => ({ ...position, size: position.size.neg() }));
        const other = randomAccount(next, account.id, account.venue, book.instruments, book.assets);
        if (!changeAccount(open, row, next() < 0.6 ? { ...account, positions } : { ...other, label: account.label! })) continue;
        if (before !== filters.map((filter) => isInGroup(filter, account.id)).join()) byRules.moved++;
      }
      if (i === 11) take(withRules([...MIXED, ...OTHER_GROUPS]));
      regroup();
      const { heard, plain, events } = look(START_MS + i * 10 * SECOND);
      expect(heard).toEqual(plain);
      for (const event of events) {
        if (event.kind === 'flood') continue;
        if (!event.rule.startsWith('g-')) byRules.other++;
        else if (event.to === 'healthy') byRules.gone++;
        else byRules.group++;
        if (event.rule.startsWith('g-') && i >= 11) byRules.afterImport++;
      }
    }
  }
  console.log(`groups: ${JSON.stringify(byRules)}`);
  expect(byRules.group).toBeGreaterThan(60);
  expect(byRules.moved).toBeGreaterThan(60);
  expect(byRules.afterImport).toBeGreaterThan(15);
});

/** Levels at a figure of a pool, and a trifle on either side of it that no double can tell. */
function ties(open: OpenDesk, next: Random): AlarmRule[] {
  const rules: AlarmRule[] = [];
  const measures = ['marginRatio', 'healthFactor', 'leverage', 'marginExcess'] as const;
  const readings = everything(open, withRules(MIXED));
  for (let i = 0; i < 40; i++) {
    const { values } = readings[Math.floor(next() * readings.length)]!;
    const measure = measures[i % measures.length]!;
    const value = values[measure];
    if (!(value instanceof Decimal) || value.isZero()) continue;
    const trifle = value
      .abs()
      .times('1e-25')
      .times(Math.floor(next() * 3) - 1);
    const level = value.plus(trifle);
    rules.push(rule(`tie-${i}`, measure, level, level));
  }
  return rules;
}

it('DA-3: at exact ties, and a trifle beside them that no double can tell, the exact engine decides', () => {
  let events = 0;
  for (let seed = 40; seed < 52; seed++) {
    const next = seeded(seed);
    const open = openBookNow(randomBook(next, { accounts: 40 }));
    const prices = new Map(Object.entries(MARKETS));
    tick(open.kernel, changesOf(open.kernel.board, walk(next, prices, 0.02, 1)));
    const { look } = beside(open, withRules(ties(open, next)));
    const here = changesOf(open.kernel.board, new Map([...prices].map(([market, price]) => [market, new Decimal(price)])));
    for (const i of [0, 1, 2, 3]) {
      if (i === 1) tick(open.kernel, changesOf(open.kernel.board, walk(next, new Map(prices), 0.001, 1)));
      if (i === 2) tick(open.kernel, here);
      const { heard, plain } = look(START_MS + i * SECOND);
      expect(heard).toEqual(plain);
      events += plain.length;
    }
  }
  console.log(`ties: ${events} events`);
  expect(events).toBeGreaterThan(300);
});

it('DA-4: σ of a pool is that of its account on the margin page, to first order', () => {
  let alike = 0;
  let compared = 0;
  for (const seed of [7, 8]) {
    const open = openBookNow(randomBook(seeded(seed), { accounts: 80 }));
    const readings = new Map(everything(open, DEFAULT_RULES).map((reading) => [subjectKey(reading.subject), reading]));
    for (let row = 0; row < open.kernel.columns.count; row++) {
      const { account, book } = accountAndBook(open.kernel, row);
      const rules = open.kernel.rulesOf(account.venue);
      const exposures = exposuresOf(account, { book }, rules, account.unit ?? book.unit ?? 'USD', volatilityOf);
      for (const pool of assessAccount(account, book, rules).pools) {
        const exact = oddsOf(pool, exposures.get(pool.id) ?? []).sigmaDistance;
        const subject = { kind: 'pool', account: account.id, pool: pool.id, venue: account.venue, markets: [] } as const;
        const ours = readings.get(subjectKey(subject))?.values.sigmaDistance;
        if (typeof exact !== 'number' || typeof ours !== 'number' || !(exact > 0) || Number.isNaN(ours)) continue;
        compared++;
        if (Math.abs(ours - exact) <= 0.05 * exact) alike++;
      }
    }
  }
  console.log(`σ: ${alike} of ${compared} pools within 5 %`);
  expect(compared).toBeGreaterThan(80);
  expect(alike / compared).toBeGreaterThan(0.85);
});

it('DA-6, DA-7, DA-8: bounded, late prices counted, begun anew when the clock goes back, listed and acknowledged', () => {
  const next = seeded(5);
  const open = openBookNow(randomBook(next, { accounts: 200 }));
  const rules = withRules([rule('r', 'marginRatio', '0.1', '0.05')]);
  const alarms = new DeskAlarms(open, () => ({ rules, volatilityOf }), { roomFor: 50, perSlice: 10 });
  const query = {
    states: [],
    venues: [],
    text: '',
    isUnacknowledgedOnly: true,
    sort: { column: 'atRisk', falling: true },
    window: { from: 0, count: 20 },
  } as const;
  alarms.ask(query);
  alarms.moved(at(START_MS));
  alarms.work();
  alarms.moved(at(START_MS + SECOND));
  while (alarms.isWorking) alarms.work();
  const frame = alarms.frame(0)!;
  expect(frame).toMatchObject({ looks: 2, late: 1, matched: 50, unacknowledged: 50 });
  expect(frame.leftOut).toBeGreaterThan(20);
  expect(frame.flood).toMatchObject({ beganMs: START_MS, endedMs: Number.NaN });
  expect(frame.said.map(({ rule: id }) => id)).toEqual(['flood']);
  expect(frame.tally.counts.reduce((sum, count) => sum + count, 0)).toBe(50);
  const risks = frame.rows.map(({ atRisk }) => atRisk);
  expect(risks).toEqual([...risks].sort((a, b) => b - a));
  expect(frame.tally.ranked).toHaveLength(10);
  expect(alarms.acknowledge(frame.rows[0]!.episode)).toBe(1);
  expect(alarms.acknowledge('')).toBe(49);
  expect(alarms.acknowledge('none')).toBe(0);
  expect(alarms.frame(1_000)).toMatchObject({ unacknowledged: 0, matched: 0 });
  alarms.moved(at(START_MS - SECOND));
  while (alarms.isWorking) alarms.work();
  expect(alarms.frame(2_000)).toMatchObject({ unacknowledged: 50, clockMs: START_MS - SECOND });
});
