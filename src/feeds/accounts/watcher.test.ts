/** AA-12 to AA-16: many addresses of one source, on a clock of the test's own. */
import { describe, expect, it } from 'vitest';
import type { Book } from '../../domain/book.ts';
import { InputError } from '../../domain/fault.ts';
import { type AccountReading, type AccountSource, type Ask, AskError, type Question } from './source.ts';
import { createAccountWatcher } from './watcher.ts';

const START = 1_790_000_000_000;
const pace = { most: 100, withinMs: 60_000, weight: 10, everyMs: 10_000 };
const bookOf = (nowMs: number): Book => ({
  format: 'leverage-book/1',
  asOf: new Date(nowMs).toISOString(),
  instruments: new Map(),
  assets: new Map(),
  accounts: [],
});
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `a${i}`);

/** A source whose reading is one question for all of weight 4 and one of its own of weight 6. */
function rig(addresses: readonly string[], answer: (question: Question) => unknown = () => ({})) {
  let nowMs = START;
  const questions: { readonly question: Question; readonly atMs: number }[] = [];
  const ask: Ask = async (question) => {
    questions.push({ question, atMs: nowMs });
    return answer(question);
  };
  const source: AccountSource = {
    id: 'test',
    name: 'Test',
    hosts: [],
    refusal: () => undefined,
    pace,
    read: async (address, put, atMs): Promise<AccountReading> => {
      await put({ url: 'https://all', weight: 4, keepMs: 30_000 });
      await put({ url: `https://own/${address}`, weight: 6 });
      return { book: bookOf(atMs), theirs: [] };
    },
  };
  const watcher = createAccountWatcher({ source, addresses, ask, random: () => 0.5 });
  const readings: string[] = [];
  const step = async (ms: number): Promise<void> => {
    nowMs += ms;
    readings.push(...watcher.advance(nowMs).readings.map(({ address }) => address));
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  const row = (i = 0) => watcher.rows()[i];
  return { watcher, questions, readings, step, row, now: () => nowMs };
}

describe('createAccountWatcher', () => {
  it('AA-12, AA-16: fifty addresses within the limit, everybody in turn, what is the same for all asked once in its time', async () => {
    const { step, questions, readings, row } = rig(names(50));
    for (let i = 0; i < 900; i++) {
      await step(1_000);
      const recent = questions.filter(({ atMs }) => START + (i + 1) * 1_000 - atMs < pace.withinMs);
      expect(recent.reduce((sum, { question }) => sum + question.weight, 0)).toBeLessThanOrEqual(pace.most);
    }
    expect(new Set(readings).size).toBe(50);
    expect(new Set(readings.slice(0, 50)).size).toBe(50);
    const shared = questions.filter(({ question }) => question.url === 'https://all');
    shared.slice(1).forEach(({ atMs }, i) => {
      expect(atMs - (shared[i]?.atMs ?? 0)).toBeGreaterThanOrEqual(30_000);
    });
    expect(row()?.state).toBe('read');
    expect(row()?.nextMs).toBeGreaterThan(START + 900_000);
  });
  it('AA-13: waiting, being read, read, late; the figures of a reading are as old as its question', async () => {
    let release: (value: unknown) => void = () => undefined;
    let isHeld = true;
    const held = rig(names(1), () => (isHeld ? new Promise((resolve) => (release = resolve)) : {}));
    expect(held.row()).toMatchObject({ state: 'waiting', atMs: Number.NaN, reading: undefined });
    await held.step(0);
    expect(held.row()).toMatchObject({ state: 'reading', nextMs: Number.NaN });
    isHeld = false;
    release({});
    await held.step(3_000);
    await held.step(0);
    expect(held.row()).toMatchObject({ state: 'read', why: '', atMs: START, asOfMs: START });
    isHeld = true;
    await held.step(10_000);
    await held.step(80_000);
    expect(held.row()?.state).toBe('late');
  });
  it('AA-13: a reading that takes two minutes is given up, and passed over when it comes', async () => {
    const releases: ((value: unknown) => void)[] = [];
    const { step, row, readings } = rig(names(1), () => new Promise((resolve) => releases.push(resolve)));
    await step(0);
    await step(120_000);
    expect(row()).toMatchObject({ state: 'refused', why: 'no whole answer within 120 s' });
    for (const release of releases) release({});
    await step(10);
    expect(readings).toEqual([]);
  });
  it.each([
    [new AskError('status 429', 429), 'refused', 14_999, 15_000],
    [new AskError('status 403', 403), 'blocked', 599_999, 600_000],
    [new InputError([{ pointer: '/a', message: 'wrong' }]), 'refused', 59_999, 60_000],
  ] as const)('AA-13: %s: said, asked again only in its time, or when asked for', async (error, state, quietMs, loudMs) => {
    let isWell = false;
    const { step, row, questions, watcher } = rig(names(1), () => {
      if (!isWell) throw error;
      return {};
    });
    await step(0);
    await step(0);
    expect(row()).toMatchObject({ state, reading: undefined });
    expect(row()?.why).not.toBe('');
    const asked = questions.length;
    await step(quietMs);
    expect(questions.length).toBe(asked);
    isWell = true;
    await step(loudMs - quietMs);
    await step(0);
    expect(row()).toMatchObject({ state: 'read', why: '' });
    isWell = false;
    watcher.readAgain('a0');
    const again = questions.length;
    await step(1);
    expect(questions.length).toBeGreaterThan(again);
  });
  it('AA-15: who stays on the list keeps their reading, who goes is forgotten, who comes is read', async () => {
    const { step, watcher } = rig(names(2));
    await step(0);
    await step(0);
    const kept = watcher.rows()[1]?.reading;
    expect(kept).toBeDefined();
    watcher.follow(['a1', 'new', 'new']);
    expect(watcher.rows().map(({ address, reading }) => [address, reading])).toEqual([
      ['a1', kept],
      ['new', undefined],
    ]);
    await step(1);
    await step(0);
    expect(watcher.rows()[1]?.state).toBe('read');
  });
  it('closed, nothing is asked any more and nothing comes', async () => {
    const { step, watcher, questions, readings } = rig(names(3));
    await step(0);
    watcher.close();
    const asked = questions.length;
    await step(60_000);
    expect([questions.length, readings]).toEqual([asked, []]);
  });
});
