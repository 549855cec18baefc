import { describe, expect, it } from 'vitest';
import type { Frame } from '../../session/protocol.ts';
import {
  alarmsOf,
  ask,
  kept,
  minute,
  newName,
  nextId,
  START_MS,
  seek,
  standing,
  started,
  statusOf,
  until,
} from '../testing/journal-bench.ts';
import { createJournalRunner, type JournalRunnerOptions } from './journal-runner.ts';

describe('JN-4 what is answered is on disk', () => {
  it('an alarm is kept before it is told, an acknowledgement before it is answered', async () => {
    const database = newName();
    const bench = await started({ database });
    expect(alarmsOf(bench)?.said.length ?? 0).toBe(0);
    const alarm = await standing(bench);
    const told = alarmsOf(bench)!.said.map(({ id }) => id);
    const onDisk = await kept(database);
    expect(onDisk.events.map(({ id }) => id).sort()).toEqual([...told].sort());
    expect(onDisk.acknowledgements).toEqual([]);
    const requestId = nextId();
    expect(bench.send({ kind: 'alarm-acknowledge', requestId, episode: alarm.episode })).toEqual([]);
    await until(bench, () => bench.frames.find((frame) => frame.kind === 'done' && frame.requestId === requestId));
    expect((await kept(database)).acknowledgements).toMatchObject([{ episode: alarm.episode, kind: 'acknowledged' }]);
  });

  it('error: a disk that refuses an acknowledgement is told of, and it holds for the visit', async () => {
    const bench = await started({ database: newName() });
    const alarm = await standing(bench);
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new Error('the disk is broken');
    };
    try {
      const answer = await ask(bench, { kind: 'alarm-acknowledge', episode: alarm.episode });
      expect(answer).toMatchObject({ kind: 'failed', faults: [{ message: expect.stringContaining('the disk is broken') }] });
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    await until(bench, () =>
      Number.isFinite(alarmsOf(bench)?.standing.find(({ pool }) => pool === 'cross')?.acknowledgedMs) ? true : undefined,
    );
  });

  it('JN-2: without a database it says so and works in memory', async () => {
    const found = indexedDB.open;
    indexedDB.open = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    try {
      const bench = await started({ database: newName() });
      expect(statusOf(bench)).toMatchObject({ state: 'memory', detail: expect.stringContaining('denied') });
      const alarm = await standing(bench);
      expect((await ask(bench, { kind: 'alarm-acknowledge', episode: alarm.episode })).kind).toBe('done');
      expect(await ask(bench, { kind: 'journal-events', text: '', offset: 0, limit: 10 })).toMatchObject({ matched: 2 });
    } finally {
      indexedDB.open = found;
    }
  });
});

describe('JN-10 a new start', () => {
  it('goes on where it was: acknowledged, once, under the rules that were kept', async () => {
    const database = newName();
    const first = await started({ database });
    const alarm = await standing(first);
    await ask(first, { kind: 'alarm-acknowledge', episode: alarm.episode });
    const rules = JSON.parse(
      alarmsOf(first)!.rules || first.frames.flatMap((frame) => (frame.kind === 'alarms' ? frame.rules || [] : []))[0]!,
    );
    rules.rules[0].arm = '0.02';
    expect((await ask(first, { kind: 'alarm-rules', text: JSON.stringify(rules) })).kind).toBe('done');
    expect((await ask(first, { kind: 'alarm-closures', on: false })).kind).toBe('done');
    const before = await kept(database);
    const second = await started({ database });
    const again = await standing(second);
    // CL-37: the switch is remembered.
    expect(alarmsOf(second)?.areClosuresOn).toBe(false);
    expect(again.episode).toBe(alarm.episode);
    expect(again.acknowledgedMs).toBe(START_MS);
    expect((await kept(database)).events).toEqual(before.events);
    const text = second.frames.flatMap((frame) => (frame.kind === 'alarms' && frame.rules !== '' ? [frame.rules] : [])).at(-1)!;
    expect(JSON.parse(text).rules[0].arm).toBe('0.02');
  });

  it('a passage that is watched again after a reload is kept once, told again, and nobody has acknowledged it yet', async () => {
    const database = newName();
    const first = await started({ database });
    const alarm = await standing(first);
    await ask(first, { kind: 'alarm-acknowledge', episode: alarm.episode });
    const told = alarmsOf(first)!.said.map(({ id }) => id);
    await seek(first, minute(70));
    const again = await started({ database });
    const seen = await standing(again);
    expect(seen.episode).toBe(alarm.episode);
    expect(seen.acknowledgedMs).toBeNaN();
    expect(alarmsOf(again)!.said.flatMap(({ id, isRepeat }) => (isRepeat ? [] : [id]))).toEqual(told);
    // What is done about it now holds, under the same id as before.
    expect((await ask(again, { kind: 'alarm-acknowledge', episode: seen.episode })).kind).toBe('done');
    await until(again, () =>
      Number.isFinite(alarmsOf(again)?.standing.find(({ pool }) => pool === 'cross')?.acknowledgedMs) ? true : undefined,
    );
    const { events } = await kept(database);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('a passage that is watched again in the same visit is told again, and nobody has acknowledged it yet', async () => {
    const bench = await started({ database: newName() });
    const alarm = await standing(bench);
    await ask(bench, { kind: 'alarm-acknowledge', episode: alarm.episode });
    await seek(bench, minute(70));
    await seek(bench, minute(0));
    const seen = await standing(bench);
    expect(seen.episode).toBe(alarm.episode);
    expect(seen.acknowledgedMs).toBeNaN();
    const ofAlarm = alarmsOf(bench)!.said.filter(({ id }) => id.startsWith(`${alarm.episode}-1`));
    expect(ofAlarm.length).toBeGreaterThanOrEqual(2);
    expect(ofAlarm.filter(({ isRepeat }) => isRepeat)).toEqual([]);
  });
});

describe('JN-6 history', () => {
  it('samples with gaps where nothing was seen, cut where the feed was set back, with what edits moved', async () => {
    const bench = await started({ database: newName() });
    await standing(bench);
    for (const at of [1, 2, 10]) await seek(bench, minute(at));
    const before = bench.frames.findLast((frame) => frame.kind === 'snapshot')?.account?.cells.equity.value;
    const balance = { amount: '1000' };
    expect((await ask(bench, { kind: 'edit', edit: { kind: 'balance-set', index: 0, balance } })).kind).toBe('done');
    await seek(bench, minute(11));
    const history = async () => {
      const answer = await ask(bench, { kind: 'journal-history', account: 'demo', fromMs: minute(0), toMs: minute(600) });
      if (answer.kind !== 'journal-history') throw new Error(`answered by ${answer.kind}`);
      return answer.history;
    };
    const whole = await history();
    expect(whole.stream).toEqual({ book: 'Demo', account: 'demo', feed: 'replay:Replay 10 Oct 2025' });
    expect([...whole.timeMs].filter((timeMs, i, all) => all.indexOf(timeMs) === i)).toEqual([0, 1, 2, 10, 11].map(minute));
    expect([...whole.isGap]).toContain(1);
    // What the edit took out is no loss.
    const moved = whole.cashFlowText.findIndex((text) => text !== '0');
    expect(whole.cashFlow[moved]).toBeLessThan(0);
    expect(whole.equity[moved]! - whole.cashFlow[moved]!).toBeCloseTo(before!, 6);
    expect(whole.timeMs[moved]).toBe(minute(10));
    expect(whole.cashFlowText.filter((text) => text !== '0')).toHaveLength(1);
    expect(whole.equityText.every((text, i) => Number(text) === whole.equity[i])).toBe(true);
    await seek(bench, minute(2));
    await seek(bench, minute(3));
    expect([...(await history()).timeMs]).toEqual([0, 1, 2, 3].map(minute));
  });
});

describe('the page asks', () => {
  it('for events by a word, a page at a time; a file that is none is refused with a pointer', async () => {
    const bench = await started({ database: newName() });
    await standing(bench);
    await seek(bench, minute(76));
    const all = await ask(bench, { kind: 'journal-events', text: '', offset: 0, limit: 100 });
    if (all.kind !== 'journal-events') throw new Error(`answered by ${all.kind}`);
    expect(all.matched).toBeGreaterThan(3);
    expect(await ask(bench, { kind: 'journal-events', text: 'XRP', offset: 0, limit: 1 })).toMatchObject({
      matched: all.events.filter(({ pool }) => pool.includes('XRP')).length,
      events: [{ pool: expect.stringContaining('XRP') }],
    });
    expect(await ask(bench, { kind: 'journal-events', text: '', offset: 2, limit: 100 })).toMatchObject({ events: all.events.slice(2) });
    expect(await ask(bench, { kind: 'journal-import', text: '{"format":"x"}' })).toMatchObject({
      kind: 'failed',
      faults: [{ pointer: '/format' }],
    });
    const exported = await ask(bench, { kind: 'journal-export' });
    if (exported.kind !== 'journal-exported') throw new Error(`answered by ${exported.kind}`);
    const other = await started({ database: newName() });
    expect(await ask(other, { kind: 'journal-import', text: exported.text })).toMatchObject({ kind: 'journal-imported' });
    expect(await ask(other, { kind: 'journal-events', text: '', offset: 0, limit: 100 })).toMatchObject({ matched: all.matched });
    expect((await ask(other, { kind: 'journal-forget' })).kind).toBe('done');
    expect(statusOf(other)).toMatchObject({ events: 0, samples: 0 });
  });

  it('for a star, and for settings that outlive the page', async () => {
    const database = newName();
    const bench = await started({ database });
    await ask(bench, { kind: 'journal-watch', account: 'demo', isWatched: true });
    await ask(bench, { kind: 'journal-settings', text: '{"theme":"light"}' });
    const second = await started({ database });
    expect(statusOf(second)).toMatchObject({ watchlist: ['demo'], settings: '{"theme":"light"}', role: 'alone' });
  });
});

describe('tabs and sleep', () => {
  const runnerOf = (options: Partial<JournalRunnerOptions> = {}) => {
    const frames: Frame[] = [];
    const told: unknown[] = [];
    const channel: JournalRunnerOptions['channel'] & { said: unknown[] } = {
      onmessage: null,
      said: [],
      postMessage: (message: unknown) => void channel.said.push(message),
      close: () => undefined,
    };
    const runner = createJournalRunner({
      post: (frame) => void frames.push(frame),
      now: () => 0,
      after: (run, delayMs) => void setTimeout(run, delayMs).unref(),
      streamOf: () => null,
      tell: (input) => void told.push(input),
      database: newName(),
      locks: undefined,
      channel,
      storage: undefined,
      ...options,
    });
    const hear = (data: unknown): void => channel.onmessage?.({ data } as MessageEvent<unknown>);
    return { runner, frames, told, channel, hear };
  };
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

  it('JN-12: a long silence between two beats is a sleep, told once', async () => {
    let nowMs = 1_000;
    const { runner, frames } = runnerOf({ now: () => nowMs });
    await runner.open();
    for (const stepMs of [100, 29_000, 720_000, 100]) {
      runner.beat();
      nowMs += stepMs;
    }
    runner.beat();
    await settled();
    expect(frames.findLast((frame) => frame.kind === 'journal')).toMatchObject({ sleeps: 1, sleptMs: 720_000 });
    runner.stop();
  });

  it('JN-9: what another tab noted is told to the engine; what is no message is passed over', async () => {
    const { runner, told, hear } = runnerOf();
    await runner.open();
    const row = { id: 'e-1', episode: 'e', kind: 'acknowledged', atMs: 5, forMs: 0, keptMs: 6 };
    hear({ kind: 'acknowledged', rows: [row] });
    hear({ kind: 'acknowledged', rows: [{ ...row, atMs: 'now' }] });
    hear({ kind: 'chosen', rows: [{ name: 'alarm-rules', text: 'rules', changedMs: 7 }] });
    hear({ kind: 'chosen', rows: [{ name: 'alarm-closures', text: 'off', changedMs: 7 }] });
    hear({ kind: 'chosen', rows: [{ name: 'alarm-closures', text: 'maybe', changedMs: 7 }] });
    await settled();
    expect(told).toEqual([
      {
        kind: 'journal-others',
        acknowledgements: [{ id: 'e-1', episode: 'e', kind: 'acknowledged', atMs: 5, forMs: 0 }],
        isNews: true,
        rules: undefined,
        areClosuresOn: undefined,
      },
      { kind: 'journal-others', acknowledgements: [], isNews: true, rules: 'rules' },
      { kind: 'journal-others', acknowledgements: [], isNews: true, rules: undefined, areClosuresOn: false },
    ]);
    runner.stop();
  });

  it('JN-8, JN-10: what another tab told a moment ago is no second alarm; a minute later it is a passage seen again', async () => {
    let nowMs = 0;
    const { runner, hear } = runnerOf({ now: () => nowMs });
    await runner.open();
    const stream = { book: 'b', account: 'a', feed: 'f' };
    const flood = { id: 'e-1', kind: 'flood', phase: 'begins', atMs: 5, counts: {}, atRisk: 0, ranked: [], channel: 'system' } as const;
    const news = {
      events: [{ stream, event: flood }],
      episodes: [],
      acknowledgements: [],
      machines: [],
      dropped: [],
      samples: [],
      cuts: [],
    };
    const repeats = async () => (await runner.keep({ ...news, rules: undefined, areClosuresOn: undefined })).repeats;
    expect(await repeats()).toEqual([]);
    expect(await repeats()).toEqual([]);
    hear({ kind: 'told', events: [{ id: 'e-1', channel: 'sound', text: 'a' }] });
    nowMs = 60_000;
    expect(await repeats()).toEqual(['e-1']);
    nowMs = 60_001;
    expect(await repeats()).toEqual([]);
    runner.stop();
  });

  it('JN-8: who follows keeps events and no history; who leads is heard for the others', async () => {
    let isFree = false;
    const locks = {
      request: (_name: string, options: LockOptions, take: (lock: Lock | null) => unknown) =>
        options.ifAvailable
          ? Promise.resolve(take(isFree ? ({ name: 'x', mode: 'exclusive' } as Lock) : null))
          : new Promise(() => undefined),
    } as unknown as NonNullable<JournalRunnerOptions['locks']>;
    const database = newName();
    const sample = {
      timeMs: 5,
      equity: '1',
      grossNotional: '1',
      leverage: 1,
      marginRatio: 1,
      shock: null,
      marginExcess: '1',
      cashFlow: '0',
      funding: '',
      fundingPerHour: '',
      isGap: true,
    };
    const stream = { book: 'b', account: 'a', feed: 'f' };
    const news = {
      events: [],
      episodes: [],
      acknowledgements: [],
      machines: [],
      dropped: [],
      cuts: [],
      rules: undefined,
      areClosuresOn: undefined,
    };
    const events = [{ kind: 'told', events: [{ id: 'e-1', channel: 'sound', text: 'a' }] }];
    for (const [role, samples] of [
      ['follower', 0],
      ['leader', 1],
    ] as const) {
      isFree = role === 'leader';
      const { runner, frames, hear } = runnerOf({ locks, database });
      await runner.open();
      await runner.keep({ ...news, samples: [{ stream, sample }] });
      await runner.command({ kind: 'journal-refresh', requestId: 1 });
      hear(events[0]);
      await settled();
      expect(frames.findLast((frame) => frame.kind === 'journal')).toMatchObject({ role, samples });
      expect(frames.filter(({ kind }) => kind === 'journal-heard')).toHaveLength(role === 'leader' ? 1 : 0);
      runner.stop();
    }
  });
});
