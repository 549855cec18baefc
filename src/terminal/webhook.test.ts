import { describe, expect, it } from 'vitest';
import { createWebhook, type Notice, type Webhook } from './webhook.ts';

type Answer = number | 'no connection' | 'timeout';

/** A receiver, and a clock that moves only while somebody waits. */
function bench(answer: (id: string, tries: number) => Answer) {
  let nowMs = 0;
  const tried: { readonly id: string; readonly atMs: number }[] = [];
  const taken: string[] = [];
  const deferred: string[] = [];
  const refused: string[] = [];
  const waiting: { readonly atMs: number; readonly go: () => void }[] = [];
  const webhook = createWebhook({
    url: new URL('http://receiver'),
    fetch: async (_, { headers, body }) => {
      const id = (headers as Record<string, string>)['idempotency-key'] ?? '';
      expect(body).toBe(`body of ${id}`);
      tried.push({ id, atMs: nowMs });
      const said = answer(id, tried.filter((one) => one.id === id).length);
      if (said === 'timeout') throw new DOMException('late', 'TimeoutError');
      if (said === 'no connection') throw new TypeError('fetch failed');
      return { ok: said < 300, status: said, body: null };
    },
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const over = (): void => {
          signal.removeEventListener('abort', over);
          if (waiting.includes(one)) waiting.splice(waiting.indexOf(one), 1);
          resolve();
        };
        const one = { atMs: nowMs + ms, go: over };
        waiting.push(one);
        signal.addEventListener('abort', over);
      }),
    random: () => 1,
    now: () => nowMs,
    onTaken: (id) => taken.push(id),
    onDeferred: (id, why) => deferred.push(`${id}: ${why}`),
    onRefused: (id, status) => refused.push(`${id}: ${status}`),
  });
  const settled = async (): Promise<void> => {
    for (let i = 0; i < 200; i++) await Promise.resolve();
  };
  /** Lets time pass until `untilMs`. */
  const pass = async (untilMs: number): Promise<void> => {
    await settled();
    for (;;) {
      const next = [...waiting].sort((a, b) => a.atMs - b.atMs)[0];
      if (!next || next.atMs > untilMs) break;
      nowMs = next.atMs;
      next.go();
      await settled();
    }
    nowMs = untilMs;
  };
  return { webhook, tried, taken, deferred, refused, pass };
}

const notice = (id: string): Notice => ({ id, body: `body of ${id}` });
const sendAll = (webhook: Webhook, ids: string): void => {
  for (const id of ids) webhook.send(notice(id));
};

describe('WA-12 a receiver', () => {
  it('that fails now and then takes all in their order, each tried with its own id', async () => {
    const { webhook, taken, tried, deferred, pass } = bench((id, tries) => (id === 'b' && tries < 5 ? 503 : 204));
    sendAll(webhook, 'abc');
    await pass(20_000);
    expect([taken, deferred]).toEqual([['a', 'b', 'c'], []]);
    expect(tried.filter(({ id }) => id === 'b').map(({ atMs }) => atMs)).toEqual([0, 500, 1_500, 3_500, 7_500]);
    expect(await webhook.end(0)).toBe(0);
  });

  it.each([
    [500 as Answer, 'status 500'],
    ['timeout' as Answer, 'no answer within 10 s'],
    ['no connection' as Answer, 'no connection'],
  ])('that never takes one (%s) takes those behind it; that one is said once, and tried ever more rarely', async (answer, why) => {
    const { webhook, taken, tried, deferred, pass } = bench((id) => (id === 'b' ? answer : 204));
    sendAll(webhook, 'abcd');
    await pass(8_000);
    expect([taken, deferred]).toEqual([['a', 'c', 'd'], [`b: ${why}`]]);
    await pass(4 * 3_600_000);
    const later = tried
      .filter(({ id }) => id === 'b')
      .slice(5)
      .map(({ atMs }) => atMs - 7_500);
    // Once as soon as another was taken; then after 2, 4, 8 … min, at most an hour.
    expect(later.slice(0, 4)).toEqual([0, 120_000, 360_000, 840_000]);
    expect(
      later
        .slice(1)
        .map((atMs, i) => atMs - (later[i] ?? 0))
        .at(-1),
    ).toBe(3_600_000);
    expect(deferred).toHaveLength(1);
    webhook.send(notice('e'));
    await pass(4 * 3_600_000 + 1);
    expect(taken.at(-1)).toBe('e');
  });

  it('that was away takes all: those that made way right after the next, in their order; none is lost and none taken twice', async () => {
    let isThere = false;
    const { webhook, taken, pass } = bench(() => (isThere ? 200 : 'no connection'));
    sendAll(webhook, 'abc');
    await pass(300_000);
    expect(taken).toEqual([]);
    isThere = true;
    sendAll(webhook, 'de');
    await pass(300_100);
    expect(taken).toEqual(['d', 'a', 'b', 'c', 'e']);
  });

  it('that comes back while nothing new is said is found within a minute, however long it was away', async () => {
    let isThere = false;
    const { webhook, taken, pass } = bench(() => (isThere ? 200 : 502));
    sendAll(webhook, 'ab');
    await pass(9 * 3_600_000);
    isThere = true;
    await pass(9 * 3_600_000 + 61_000);
    expect(taken.toSorted()).toEqual(['a', 'b']);
  });

  it('that refuses one for good is not asked again; one that failed in an earlier run goes behind the others', async () => {
    const { webhook, taken, refused, tried, pass } = bench((id) => (id === 'b' ? 410 : 204));
    webhook.send(notice('z'), true);
    sendAll(webhook, 'abc');
    await pass(1_000);
    expect([taken, refused, tried.length]).toEqual([['a', 'z', 'c'], ['b: 410'], 4]);
  });

  it('at the end each that failed has one more try, and what is left is told', async () => {
    const { webhook, tried, pass } = bench((id) => (id === 'a' ? 500 : 204));
    sendAll(webhook, 'ab');
    await pass(10_000);
    const before = tried.length;
    expect(await webhook.end(30_000)).toBe(1);
    expect(tried.length - before).toBe(1);
    await pass(10_000_000);
    expect(tried.length - before).toBe(1);
  });

  it('at an end in the midst of its tries what is under way stays', async () => {
    const { webhook, pass } = bench(() => 'no connection');
    sendAll(webhook, 'abc');
    await pass(700);
    const left = webhook.end(1_000);
    await pass(5_000);
    expect(await left).toBe(3);
  });
});
