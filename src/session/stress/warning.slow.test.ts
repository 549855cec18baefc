import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { distancesOf, modelBetas } from '../../engine/stress/distances.ts';
import type { ShockModel } from '../../engine/stress/types.ts';
import { dailyVolatility, longRunCorrelation, warmStart } from '../../engine/volatility/stream.ts';
import { readBook } from '../../formats/leverage-book.ts';
import { venues } from '../../venues/registry.ts';
import { ALARM_MODULE } from '../alarms/index.ts';
import type { AlarmsFrame } from '../alarms/messages.ts';
import { createWholeEngine } from '../desk/testing/engine.ts';
import type { Command, Frame } from '../protocol.ts';
import { feed, tick } from '../testing/fixtures.ts';
import type { HostedEngine } from '../transport.ts';
import { STRESS_MODULE } from './index.ts';
import { STRESS_CANCELLED, STRESS_SUPERSEDED, type StressDepth } from './messages.ts';
import type { WarningCommand, WarningFrame } from './warning-messages.ts';

const DEMO = readFileSync(new URL('../../../public/demo/book.json', import.meta.url), 'utf8');
const DEPTH: StressDepth = { perCent: {}, otherwise: 1e6, multiplier: 1 };
const RATES = { supply: 0.02, borrow: 0.12 };
const MINUTE_MS = 60_000;

function engineOf(text = DEMO): HostedEngine {
  const engine = createWholeEngine();
  engine.takeStress(STRESS_MODULE);
  engine.takeAlarms(ALARM_MODULE);
  send(engine, { kind: 'load', requestId: 1, name: 'Demo', text });
  return engine;
}

function settle(engine: HostedEngine): Frame[] {
  const frames: Frame[] = [];
  while (engine.isWorking) frames.push(...engine.step({ kind: 'desk-work' }, 0));
  return frames;
}

function send(engine: HostedEngine, message: Command): readonly Frame[] {
  const checked = engine.check(structuredClone(message));
  if (!checked.ok) throw new Error(checked.fault.message);
  return engine.step(message as Parameters<HostedEngine['step']>[0], 0);
}

function ask<K extends WarningCommand['kind']>(engine: HostedEngine, command: Extract<WarningCommand, { readonly kind: K }>) {
  const frames = [...send(engine, command), ...settle(engine)];
  const found = frames.find((frame): frame is Extract<WarningFrame, { readonly kind: K }> => frame.kind === command.kind);
  if (!found) throw new Error(JSON.stringify(frames));
  return found;
}

const distance = (requestId: number, blend = 0) =>
  ({ kind: 'stress-distance', requestId, depth: DEPTH, blend, rates: RATES }) as const satisfies WarningCommand;

/** No NaN and no infinity anywhere but where a σ can be infinite. */
function expectNumbers(value: unknown, at = ''): void {
  if (typeof value === 'number') expect(Number.isNaN(value), at).toBe(/clockMs|beta/.test(at) && Number.isNaN(value));
  else if (typeof value === 'object' && value !== null) for (const [key, one] of Object.entries(value)) expectNumbers(one, `${at}/${key}`);
}

describe('ST-28 distances of the account', () => {
  it('are the engine’s, for every account of the demo', () => {
    const book = readBook(DEMO);
    let pools = 0;
    for (const account of book.accounts) {
      const engine = engineOf();
      send(engine, { kind: 'select-account', requestId: 2, account: account.id });
      const frame = ask(engine, distance(3));
      const markets = frame.model.markets.map(({ market }) => market);
      const sigma = new Map(markets.map((market) => [market, dailyVolatility(warmStart(market))]));
      const pairs = markets.flatMap((a, i) => markets.slice(i + 1).map((b) => [a, b, longRunCorrelation(a, b)] as const));
      const model: ShockModel = { sigma, correlation: pairs, space: 'log' };
      const betas = modelBetas(model, frame.model.reference);
      if (!betas.ok) throw new Error(betas.reason);
      const rules = venues[account.venue]!.rules;
      const exact = new Map(
        distancesOf(account, book, rules, { ...model, reference: frame.model.reference, betas: betas.value }).map((one) => [one.pool, one]),
      );
      expect(frame.pools).toHaveLength(exact.size);
      for (const { pool, shortest, together, alone } of frame.pools) {
        const own = exact.get(pool)!;
        expect(shortest.ok).toBe(own.shortest.ok);
        if (shortest.ok && own.shortest.ok) {
          expect(shortest.value.distance).toBeCloseTo(own.shortest.value.distance, 9);
          expect(shortest.value.legs.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
          pools++;
        }
        expect(together.fall.ok).toBe(own.together.fall.ok);
        expect(alone.map(({ market }) => market)).toEqual(own.alone.map(({ market }) => market));
      }
      expectNumbers(frame);
    }
    expect(pools).toBeGreaterThan(1);
  });

  it('ends what is overtaken or cancelled, and refuses without an account', () => {
    const engine = engineOf();
    send(engine, distance(4));
    expect(send(engine, distance(5))).toMatchObject([{ kind: 'failed', requestId: 4, faults: [{ message: STRESS_SUPERSEDED }] }]);
    const [ended] = send(engine, { kind: 'stress-cancel', requestId: 6, of: 'stress-distance' });
    expect(ended).toMatchObject({ kind: 'failed', requestId: 5, faults: [{ message: STRESS_CANCELLED }] });
    expect(engine.isWorking).toBe(false);
    const empty = createWholeEngine();
    empty.takeStress(STRESS_MODULE);
    expect(send(empty, distance(7))).toMatchObject([{ kind: 'failed', requestId: 7 }]);
  });

  it('ST-28 the blend draws every pair towards 0.9', () => {
    const engine = engineOf();
    const at = (blend: number) => ask(engine, distance(8, blend)).model;
    const [calm, stressed] = [at(0), at(1)];
    const n = calm.markets.length;
    expect(n).toBeGreaterThan(1);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) expect(stressed.correlation[i * n + j]).toBeCloseTo(i === j ? 1 : 0.9, 12);
  });
});

function onDesk(accounts: number): HostedEngine {
  const engine = engineOf();
  send(engine, {
    kind: 'desk-open',
    requestId: 10,
    source: accounts === 0 ? { kind: 'book' } : { kind: 'population', accounts, seed: 42 },
  });
  settle(engine);
  return engine;
}

describe('ST-30, ST-31 s* and crowding', () => {
  it('s* comes nearer in a thinner book, with its σ and its probability', () => {
    const engine = onDesk(400);
    const at = (otherwise: number) =>
      ask(engine, { kind: 'stress-critical', requestId: 11, depth: { perCent: {}, otherwise, multiplier: 1 }, blend: 0 }).critical;
    const [thin, thick] = [at(1e4), at(1e12)];
    if (!thin.ok) throw new Error(thin.reason);
    expect(thin.value.move).toBeLessThan(0);
    expect(thin.value.sigmas).toBeGreaterThan(0);
    expect(thin.value.probability24h).toBeGreaterThan(0);
    expect(thick).toEqual({ ok: false, reason: 'never' });
  });

  it('crowding: everybody else’s liquidations bring the line nearer, never further where nothing moves prices', () => {
    const engine = onDesk(0);
    const { accounts } = readBook(DEMO);
    let gaps = 0;
    for (const { id } of accounts) {
      const at = (otherwise: number | null) =>
        ask(engine, {
          kind: 'stress-crowding',
          requestId: 12,
          account: id,
          depth: { perCent: {}, otherwise, multiplier: 1 },
          blend: 0,
        });
      const [none, thin] = [at(null), at(1e4)];
      if (!none.own.ok) continue;
      if (none.crowded.ok) expect(none.crowded.value.gap).toBeLessThan(1e-6 * none.own.value + 1e-9);
      if (!thin.crowded.ok) continue;
      expect(thin.crowded.value.distance + thin.crowded.value.gap).toBeCloseTo(thin.own.ok ? thin.own.value : Number.NaN, 9);
      gaps++;
      expectNumbers(thin);
    }
    expect(gaps).toBeGreaterThan(0);
    expect([
      ...send(engine, { kind: 'stress-crowding', requestId: 13, account: 'nobody', depth: DEPTH, blend: 0 }),
      ...settle(engine),
    ]).toMatchObject([{ kind: 'failed', requestId: 13, faults: [{ pointer: '/account' }] }]);
  });
});

describe('AL-25, AM-13 R raises an alarm and clears it', () => {
  it('in a thin book it stands after its delay, and ends when the watch does', () => {
    const engine = onDesk(600);
    let last: AlarmsFrame | undefined;
    const alarms = (nowMs: number): AlarmsFrame | undefined => {
      for (const frame of engine.step({ kind: 'flush' }, nowMs)) if (frame.kind === 'alarms') last = frame;
      return last;
    };
    const move = (price: string, atMs: number): void => {
      engine.step(feed([tick('BTC', price, atMs)], atMs, { restarted: atMs === START_MS }), atMs);
      engine.step({ kind: 'desk-flush' }, atMs);
      settle(engine);
    };
    const START_MS = Date.UTC(2026, 1, 6);
    move('60000', START_MS);
    send(engine, { kind: 'stress-watch', requestId: 20, depth: { perCent: {}, otherwise: 1e3, multiplier: 1 }, fall: 0.05, target: 0.8 });
    settle(engine);
    for (let i = 1; i <= 3; i++) move(String(60_000 - i * 100), START_MS + i * MINUTE_MS);
    const raised = alarms(START_MS + 3 * MINUTE_MS)!.standing.find(({ system }) => system !== undefined);
    expect(raised).toMatchObject({ state: 'margin-call', rule: 'reproduction-call', account: '', pool: '', market: '' });
    expect(Number(raised!.values.reproduction)).toBeGreaterThan(1);
    // A deep book: R falls to nothing, and after the off-delays the alarm is over.
    send(engine, { kind: 'stress-watch', requestId: 21, depth: { perCent: {}, otherwise: 1e14, multiplier: 1 }, fall: 0.05, target: 0.8 });
    settle(engine);
    for (let i = 4; i <= 40; i++) move(String(60_000 - i * 100), START_MS + i * MINUTE_MS);
    expect(alarms(START_MS + 40 * MINUTE_MS)!.standing.filter(({ system }) => system !== undefined)).toEqual([]);
    expect(last!.ended.some(({ system, outcome }) => system !== undefined && outcome === 'cured')).toBe(true);
    expect(last!.outlook.some(({ system }) => system !== undefined)).toBe(true);
    send(engine, { kind: 'stress-cancel', requestId: 22, of: 'stress-watch' });
    expect(alarms(START_MS + 41 * MINUTE_MS)!.outlook.some(({ system }) => system !== undefined)).toBe(false);
  });
});

describe('nothing anywhere is NaN', () => {
  const empty = JSON.stringify({ ...JSON.parse(DEMO), accounts: [] });
  it('an empty book, one account, all insolvent', () => {
    for (const text of [empty, oneOf(DEMO), insolvent(DEMO)]) {
      const engine = engineOf(text);
      send(engine, { kind: 'desk-open', requestId: 30, source: { kind: 'book' } });
      settle(engine);
      for (const frame of [...send(engine, distance(31)), ...settle(engine)]) expectNumbers(frame);
      for (const frame of [...send(engine, { kind: 'stress-critical', requestId: 32, depth: DEPTH, blend: 0 }), ...settle(engine)])
        if (frame.kind === 'stress-critical') expectNumbers(frame.critical);
      send(engine, { kind: 'stress-watch', requestId: 33, depth: DEPTH, fall: 0.05, target: 0.8 });
      for (const frame of settle(engine)) if (frame.kind === 'stress-watch') expect(frame.reproduction).toBeGreaterThanOrEqual(0);
    }
  });
});

function oneOf(text: string): string {
  const book = JSON.parse(text);
  return JSON.stringify({ ...book, accounts: book.accounts.slice(0, 1) });
}

/** Everybody owes more than there is. */
function insolvent(text: string): string {
  const book = JSON.parse(text);
  for (const account of book.accounts)
    for (const balance of account.balances ?? []) if (!balance.amount.startsWith('-')) balance.amount = '0.000001';
  return JSON.stringify(book);
}
