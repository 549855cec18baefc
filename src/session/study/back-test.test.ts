import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../domain/fault.ts';
import { sourcesOf } from '../../transport/study/sources.ts';
import { backTestSteps } from './back-test.ts';
import { checkStudy } from './check.ts';
import type { BackTestSpec, BackTestView } from './messages.ts';

const file = (path: string): string => readFileSync(new URL(`../../../public/${path}`, import.meta.url), 'utf8');
const REPLAY = file('replay/2025-10-10.json');
const BOOK = file('demo/book.json');
const ACCOUNT = (JSON.parse(BOOK) as { accounts: { id: string }[] }).accounts[0]!.id;

const run = (spec: BackTestSpec): BackTestView => {
  const steps = backTestSteps(spec, sourcesOf(spec.stream, REPLAY));
  let before = 0;
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    expect(value).toBeGreaterThanOrEqual(before);
    expect(value).toBeLessThanOrEqual(1);
    before = value;
  }
};

const OWN: BackTestSpec = {
  rules: [{ kind: 'shipped' }, { kind: 'ratio' }],
  stream: { kind: 'replay', name: '2025-10-10', lookMs: 60_000 },
  subjects: { kind: 'account', book: BOOK, account: ACCOUNT },
};

const faultsOf = (spec: BackTestSpec) => {
  try {
    run(spec);
  } catch (error) {
    if (error instanceof InputError) return error.faults.map(({ pointer }) => pointer);
    throw error;
  }
  return [];
};

describe('SY-1 to SY-8 back-tests', () => {
  it('SY-1, SY-4, SY-7: the own account through the recorded crash; the same twice', () => {
    const view = run(OWN);
    expect(view).toMatchObject({ hours: 4, looks: 241 });
    expect(view.columns.map(({ name }) => name)).toEqual(['Shipped rules', 'Margin ratio alone']);
    expect(view.columns[0].liquidations).toBeGreaterThan(0);
    expect(view.columns[0].liquidations).toBe(view.columns[1].liquidations);
    expect(view.liquidations).toHaveLength(view.columns[0].liquidations);
    expect(view.columns[0].withoutWarning).toBe(view.liquidations.filter(({ leadMs }) => Number.isNaN(leadMs[0])).length);
    expect(run(OWN)).toEqual(view);
  });

  it('SY-5: a pool that the venue took is liquidated once', () => {
    const { liquidations } = run(OWN);
    expect(new Set(liquidations.map(({ account, pool }) => `${account} ${pool}`)).size).toBe(liquidations.length);
  });

  it('SY-6: a generated population, on a replay and simulated', () => {
    const subjects = { kind: 'population', accounts: 4, seed: 7 } as const;
    const replay = run({ ...OWN, stream: { kind: 'replay', name: '2025-10-10', lookMs: 1_200_000 }, subjects });
    expect(replay.columns[0].episodes).toBeGreaterThan(0);
    const stream = { kind: 'simulated', seed: 3, regime: 'stress', days: 1, lookMs: 3_600_000 } as const;
    const simulated = run({ ...OWN, stream, subjects });
    expect(simulated.hours).toBe(24);
    expect(run({ ...OWN, stream, subjects })).toEqual(simulated);
    expect(run({ ...OWN, stream: { ...stream, seed: 4 }, subjects }).json).not.toBe(simulated.json);
  });

  it('SY-2: looks far apart are no gap: delays run', () => {
    const stream = { kind: 'simulated', seed: 1, regime: 'stress', days: 14, lookMs: 3_600_000 } as const;
    const view = run({ rules: [{ kind: 'shipped' }, { kind: 'bare' }], stream, subjects: { kind: 'weekly-longs', leverage: 20, runs: 1 } });
    expect(view.columns[0].announcements).toBeGreaterThan(0);
  });

  it('SY-17: two rule sets that differ in a group only: its rules are those of its members', () => {
    const ofGroup = (filter: string) => {
      const scope = filter === '' ? { kind: 'all' } : { kind: 'group', filter };
      const rule = { id: 'r', scope, measure: 'marginRatio', severity: 'warning', arm: '0.02', clear: '0.01' };
      const text = JSON.stringify({
        format: 'alarm-rules/1',
        rules: [{ ...rule, onDelayMs: 0, offDelayMs: 0, cooldownMs: 0, channel: 'page' }],
      });
      return { kind: 'text', name: filter, text } as const;
    };
    const announced = (spec: BackTestSpec, filters: readonly [string, string]) =>
      run({ ...spec, rules: [ofGroup(filters[0]), ofGroup(filters[1])] }).columns.map(({ announcements }) => announcements);
    const subjects = { kind: 'population', accounts: 12, seed: 7 } as const;
    const population = { ...OWN, stream: { kind: 'replay', name: '2025-10-10', lookMs: 1_200_000 }, subjects } as const;
    const [all, none] = announced(population, ['', 'text=nobody']);
    const [some, others] = announced(population, ['venue=hyperliquid', 'venue=binance-usdm,bybit']);
    expect(none).toBe(0);
    expect(some).toBeGreaterThan(0);
    expect(others).toBeGreaterThan(0);
    expect(some! + others!).toBe(all);
    const stream = { kind: 'simulated', seed: 1, regime: 'stress', days: 14, lookMs: 3_600_000 } as const;
    const weekly = { ...OWN, stream, subjects: { kind: 'weekly-longs', leverage: 20, runs: 1 } } as const;
    const [bitcoin, ether] = announced(weekly, ['market=BTC&side=long&text=week', 'market=ETH']);
    expect(bitcoin).toBeGreaterThan(0);
    expect(ether).toBe(0);
    const [own, nobody] = announced(OWN, [`text==${ACCOUNT}`, 'text==nobody']);
    expect(own).toBeGreaterThan(0);
    expect(nobody).toBe(0);
  });

  it('SY-8: JSON and CSV say what the page says, and name the account but not its book', () => {
    const view = run(OWN);
    const json = JSON.parse(view.json) as { format: string; spec: BackTestSpec; columns: { announcements: number }[] };
    expect(json).toMatchObject({ format: 'back-test/1', spec: { subjects: { kind: 'account', account: ACCOUNT } } });
    expect(json.spec.subjects).not.toHaveProperty('book');
    expect(json.columns.map(({ announcements }) => announcements)).toEqual(view.columns.map(({ announcements }) => announcements));
    const lines = view.csv.split('\r\n');
    expect(lines[0]).toBe('figure,unit,Shipped rules,Margin ratio alone');
    expect(lines).toHaveLength(14 + 2 + view.liquidations.length + 1);
  });

  it('what cannot be run is refused with a pointer', () => {
    const text = { kind: 'text', name: 'mine', text: '{"format":"alarm-rules/1","rules":[{}]}' } as const;
    expect(faultsOf({ ...OWN, rules: [{ kind: 'shipped' }, text] })[0]).toMatch(/^\/rules\/1\/rules\/0/);
    expect(faultsOf({ ...OWN, subjects: { ...OWN.subjects, account: 'nobody' } as BackTestSpec['subjects'] })).toEqual([
      '/subjects/account',
    ]);
    expect(faultsOf({ ...OWN, subjects: { kind: 'weekly-longs', leverage: 8, runs: 1 } })).toEqual(['/subjects']);
    const days = { kind: 'simulated', seed: 1, regime: 'calm', days: 400, lookMs: 1_000 } as const;
    expect(faultsOf({ ...OWN, stream: days, subjects: { kind: 'population', accounts: 1_000, seed: 1 } })).toEqual(['/stream']);
  });

  it('a message of another shape is no command', () => {
    const command = { kind: 'study-back-test', requestId: 1, spec: OWN, baseUrl: 'http://localhost/' };
    expect(checkStudy(command)).toBe(command);
    expect(checkStudy({ ...command, spec: { ...OWN, rules: [OWN.rules[0]] } })).toBeUndefined();
    expect(checkStudy({ ...command, spec: { ...OWN, stream: { ...OWN.stream, lookMs: 0 } } })).toBeUndefined();
    expect(checkStudy({ kind: 'study-cancel' })).toBeUndefined();
    expect(checkStudy(null)).toBeUndefined();
  });
});
