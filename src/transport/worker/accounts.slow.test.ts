/**
 * AA-12 to AA-16, AA-22: every source of accounts against servers that speak its protocol, over real sockets, in good health and with everything that goes wrong. The watchers' clock is the
 * test's own: it steps while nothing is under way, so that waits of minutes take none; with sockets it runs some
 * times as fast as real.
 */
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { AccountFaultName } from '../../../venue-sim/account-faults.ts';
import { startVenueSim, type VenueSim } from '../../../venue-sim/server.ts';
import { ACCOUNT_SOURCES } from '../../feeds/accounts/index.ts';
import { atStandIn } from '../../feeds/accounts/placed.ts';
import { type AccountReading, type AccountSource, type Ask, AskError } from '../../feeds/accounts/source.ts';
import { type AccountWatcher, createAccountWatcher, type WatchedRow } from '../../feeds/accounts/watcher.ts';
import { createAsk } from '../../feeds/ask.ts';
import { createSocketPort, type LiveSocketPort } from './socket-port.ts';

const START_MS = 1_790_000_000_000;
const STEP_MS = 5_000;
const PACE = 20;
/** Real time after which a state that did not come does not come. */
const PATIENCE_MS = 25_000;
const IDS = ['hyperliquid', 'dydx-v4', 'aave-v3:base', 'compound-v3:polygon', 'morpho-blue:base'];
const SOURCES = ACCOUNT_SOURCES.filter(({ id }) => IDS.includes(id));
const isChain = ({ id }: AccountSource): boolean => id.includes(':');
const addressesOf = ({ id }: AccountSource, count = 2): string[] =>
  Array.from({ length: count }, (_, i) =>
    id === 'dydx-v4' ? `dydx1${'q'.repeat(36)}${'pzry9x8gf2tvdw0'[i]}q` : `0x${(0xab00 + i * 7 + 1).toString(16).padStart(40, '0')}`,
  );

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
interface Rig {
  readonly source: AccountSource;
  readonly watcher: AccountWatcher;
  readonly readings: { readonly address: string; readonly reading: AccountReading }[];
  readonly faults: string[];
}

interface Clock {
  ms: number;
}

class Bench {
  readonly sim: VenueSim;
  readonly rigs: Rig[] = [];
  readonly ends: (() => void)[] = [];
  private readonly clock: Clock;
  /** How long one answer is waited for, in real time. */
  withinMs = 5_000;
  /** Sockets have deadlines of their own: with them the clock runs as the server’s does. */
  isPaced = false;
  private readonly beganMs = Date.now();

  constructor(sim: VenueSim, clock: Clock) {
    this.sim = sim;
    this.clock = clock;
  }

  add(source: AccountSource, addresses = addressesOf(source), port?: LiveSocketPort): Rig {
    const place = atStandIn(this.sim.origin);
    const fail = (message: string, status: number): AskError => new AskError(message, status);
    const ask: Ask = (question) => createAsk({ fetch, fail, place, withinMs: this.withinMs, bytesMax: 1_000_000 })(question);
    const watcher = createAccountWatcher({ source, addresses, ask, random: () => 0.5, placed: place, ...(port ? { port } : {}) });
    const rig: Rig = { source, watcher, readings: [], faults: [] };
    this.rigs.push(rig);
    return rig;
  }

  now = (): number => this.clock.ms;

  async until(what: string, isSo: (rig: Rig) => boolean): Promise<void> {
    for (const endMs = Date.now() + PATIENCE_MS; ; ) {
      for (const { watcher, readings, faults } of this.rigs) {
        const output = watcher.advance(this.clock.ms);
        readings.push(...output.readings);
        faults.push(...output.faults.map(({ why }) => why));
      }
      const left = this.rigs.filter((rig) => !isSo(rig));
      if (left.length === 0) return;
      if (Date.now() > endMs)
        throw new Error(`never ${what}: ${left.map((rig) => `${rig.source.id} ${JSON.stringify(brief(rig))}`).join('\n')}`);
      if (this.isPaced) {
        this.clock.ms = START_MS + Math.round((Date.now() - this.beganMs) * PACE);
        await wait(5);
        continue;
      }
      const isBusy = this.rigs.some(({ watcher }) => watcher.rows().some(({ nextMs }) => Number.isNaN(nextMs)));
      this.clock.ms += isBusy ? 5 : STEP_MS;
      await wait(2);
    }
  }
}

const brief = ({ watcher }: Rig) => watcher.rows().map(({ state, why, isPushed }) => ({ state, why, isPushed }));
const all = ({ watcher }: Rig, is: (row: WatchedRow) => boolean): boolean => watcher.rows().every(is);
const isRead = (rig: Rig): boolean => all(rig, ({ state, why }) => state === 'read' && why === '');

/** Runs `body` against a server of its own, and ends both. */
async function withBench(body: (one: Bench) => Promise<void>, fault?: AccountFaultName): Promise<void> {
  const clock = { ms: START_MS };
  const sim = await startVenueSim({ pace: PACE, now: () => clock.ms, ...(fault ? { accountFault: fault } : {}) });
  const one = new Bench(sim, clock);
  try {
    await body(one);
  } finally {
    for (const { watcher } of one.rigs) watcher.close();
    for (const end of one.ends) end();
    await sim.close();
  }
}

/** Accounts that every address has at a source, in good health: nothing doubled, nothing missing. */
const ACCOUNTS: Readonly<Record<string, number>> = {
  hyperliquid: 1,
  'dydx-v4': 1,
  'aave-v3:base': 1,
  'compound-v3:polygon': 2,
  'morpho-blue:base': 1,
};

function checkReading(rig: Rig, { book }: AccountReading): void {
  expect(book.accounts.length, rig.source.id).toBe(ACCOUNTS[rig.source.id]);
  expect(new Set(book.accounts.map(({ id }) => id)).size).toBe(book.accounts.length);
  for (const { balances, positions } of book.accounts) {
    expect(balances.length + positions.length).toBeGreaterThan(0);
    for (const { amount } of balances) expect(amount.isFinite()).toBe(true);
    expect(new Set(positions.map(({ instrument }) => instrument)).size).toBe(positions.length);
  }
}

type State = WatchedRow['state'];
interface Expected {
  /** Of sources that the fault strikes; the others go on reading. */
  readonly strikes: (source: AccountSource) => boolean;
  readonly state: State;
  readonly why: RegExp;
}

const anywhere = (): boolean => true;
const EXPECTED: Readonly<Record<Exclude<AccountFaultName, 'delayed'>, Expected>> = {
  unanswered: { strikes: anywhere, state: 'refused', why: /no (whole )?answer within/ },
  'cut-off': { strikes: anywhere, state: 'refused', why: /127\.0\.0\.1|terminated|closed|publicnode/ },
  'no-json': { strikes: anywhere, state: 'refused', why: /expected a JSON value|expected a value/ },
  'cut-words': {
    strikes: isChain,
    state: 'refused',
    why: /words? of 32 bytes|ends before|outside of the answer|reach beyond|expected bytes/,
  },
  'other-contract': { strikes: isChain, state: 'refused', why: /another contract answers here/ },
  'huge-answer': { strikes: anywhere, state: 'refused', why: /more than 1 MB/ },
  'too-many': { strikes: anywhere, state: 'refused', why: /status 429/ },
  'geo-blocked': { strikes: anywhere, state: 'blocked', why: /status 403|GEOBLOCKED/ },
  'legally-blocked': { strikes: anywhere, state: 'blocked', why: /status 451|GEOBLOCKED/ },
  reorganised: { strikes: isChain, state: 'refused', why: /reorganised while it was read/ },
  'unknown-block': { strikes: isChain, state: 'refused', why: /header not found/ },
  'other-chain': { strikes: isChain, state: 'refused', why: /it is not of (base|ethereum|polygon)/ },
  'clock-hour-behind': { strikes: isChain, state: 'refused', why: /newest block is 60 minutes old/ },
  'clock-hour-ahead': { strikes: isChain, state: 'refused', why: /newest block is 60 minutes ahead/ },
  'account-maintenance': { strikes: anywhere, state: 'refused', why: /status 503/ },
};

/** From the start, healed, struck again, healed again. */
async function strike(one: Bench, fault: keyof typeof EXPECTED): Promise<void> {
  const { strikes, state, why } = EXPECTED[fault];
  const set = (next: AccountFaultName | undefined): void => {
    one.sim.accountFault = next;
    one.withinMs = next === 'unanswered' ? 50 : 5_000;
  };
  set(fault);
  for (const source of SOURCES.filter(strikes)) one.add(source, addressesOf(source, 1));
  await one.until('said', (rig) => all(rig, (row) => row.state === state && why.test(row.why)));
  for (const rig of one.rigs) {
    expect(rig.readings, rig.source.id).toEqual([]);
    expect(all(rig, ({ reading, atMs, asOfMs }) => reading === undefined && Number.isNaN(atMs) && Number.isNaN(asOfMs))).toBe(true);
  }
  set(undefined);
  await one.until('read', isRead);
  for (const rig of one.rigs) for (const { reading } of rig.readings) checkReading(rig, reading);
  // Struck again: the figures stay, and are said to be old once they are.
  set(fault);
  const before = one.rigs.map(({ readings }) => readings.length);
  for (const { watcher } of one.rigs) watcher.readAgain();
  const isOld = (row: WatchedRow): boolean =>
    (row.state === 'late' || row.state === 'blocked') && why.test(row.why) && row.reading !== undefined;
  await one.until('old', (rig) => all(rig, isOld));
  one.rigs.forEach((rig, i) => {
    expect(rig.readings.length - (before[i] ?? 0), rig.source.id).toBeLessThanOrEqual(rig.watcher.rows().length);
  });
  set(undefined);
  await one.until('read again', isRead);
}

describe('faults', () => {
  it.each(Object.keys(EXPECTED) as (keyof typeof EXPECTED)[])(
    'AA-13, AA-22: %s: said, nothing invented, what was read is kept, and well again by itself, for every source',
    (fault) => withBench((one) => strike(one, fault), fault),
  );
});

describe('in good health', () => {
  it('AA-12: every source reads every address, again and again; slow answers only take longer', () =>
    withBench(async (one) => {
      for (const source of SOURCES) one.add(source);
      await one.until('read', isRead);
      one.sim.accountFault = undefined;
      const before = one.rigs.map(({ readings }) => readings.length);
      await one.until('read twice more', (rig) => rig.readings.length >= (before[one.rigs.indexOf(rig)] ?? 0) + 4);
      for (const rig of one.rigs) {
        expect(rig.faults).toEqual([]);
        for (const { reading } of rig.readings) checkReading(rig, reading);
      }
    }, 'delayed'));
  it('AA-13: clocks an hour off at a venue that dates its answers are said: the reading is late by its own time, never young', () =>
    withBench(async (one) => {
      one.add(SOURCES[0] as AccountSource);
      await one.until('late', (rig) => all(rig, ({ state, asOfMs }) => state === 'late' && asOfMs < one.now() - 3_000_000));
    }, 'clock-hour-behind'));
});

describe('hyperliquid’s own frames', () => {
  const hyperliquid = SOURCES[0] as AccountSource;
  const pushed = (one: Bench, count: number): Rig => {
    const port = createSocketPort({ now: one.now, WebSocket });
    one.ends.push(() => port.end());
    one.isPaced = true;
    return one.add(hyperliquid, addressesOf(hyperliquid, count), port);
  };
  const isTold = (rig: Rig): boolean => all(rig, ({ isPushed }) => isPushed);

  it('AA-14: the first ten are told by the venue, the others are asked; told ones are asked no more', () =>
    withBench(async (one) => {
      const rig = pushed(one, 12);
      await one.until('told', () => rig.watcher.rows().filter(({ isPushed }) => isPushed).length === 10 && isRead(rig));
      expect(rig.watcher.rows().map(({ isPushed }) => isPushed)).toEqual([...Array.from({ length: 10 }, () => true), false, false]);
      const asked = one.sim.asked.length;
      const first = rig.watcher.rows()[0]?.asOfMs ?? 0;
      const told = rig.readings.length;
      const sinceMs = one.now();
      await one.until('a while later', () => one.now() > sinceMs + 40_000 && (rig.watcher.rows()[0]?.asOfMs ?? 0) > first);
      const users = addressesOf(hyperliquid, 10);
      const about = one.sim.asked
        .slice(asked)
        .filter((text) => text.includes('clearinghouseState"') && users.some((user) => text.includes(user)));
      // The one that was first told after its last question may have been under way.
      expect(about.length, about[0]).toBeLessThanOrEqual(2);
      expect(rig.readings.length).toBeGreaterThan(told);
      for (const { reading } of rig.readings) checkReading(rig, reading);
    }));
  it('AA-14: broken off, it is asked again, and told again once the socket is back; nothing goes back in time', () =>
    withBench(async (one) => {
      const rig = pushed(one, 2);
      await one.until('told', isTold);
      one.sim.fault = 'rate-limited';
      one.sim.cut();
      await one.until('asked', () => all(rig, ({ isPushed, state }) => !isPushed && state === 'read'));
      one.sim.fault = undefined;
      await one.until('told again', isTold);
      const newest = new Map<string, string>();
      for (const { address, reading } of rig.readings) {
        expect(reading.book.asOf >= (newest.get(address) ?? '')).toBe(true);
        newest.set(address, reading.book.asOf);
      }
    }));
  it.each(['malformed', 'duplicated', 'reordered'] as const)(
    'AA-14: frames that are %s: the accounts stay young, whole, and never go back',
    (fault) =>
      withBench(async (one) => {
        const rig = pushed(one, 2);
        await one.until('told', isTold);
        one.sim.fault = fault;
        const sinceMs = one.now();
        await one.until('so for a while', () => one.now() > sinceMs + 20_000 && isRead(rig));
        const newest = new Map<string, string>();
        for (const { address, reading } of rig.readings) {
          checkReading(rig, reading);
          expect(reading.book.asOf >= (newest.get(address) ?? '')).toBe(true);
          newest.set(address, reading.book.asOf);
        }
      }),
  );
});
