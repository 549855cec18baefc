import { expect, it } from 'vitest';
import { alarmsOf, ask, kept, minute, newName, START_MS, seek, standing, started } from '../testing/journal-bench.ts';

it('JN-4: a kill at any write loses no acknowledgement that was answered, and doubles none', async () => {
  let kills = 0;
  let takenUp = 0;
  for (let n = 1; ; n++) {
    const database = newName();
    const answered: { episode: string; event: string }[] = [];
    const put = IDBObjectStore.prototype.put;
    let count = 0;
    let isDead = false;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args: Parameters<typeof put>) {
      if (isDead) throw new Error('killed');
      const request = put.apply(this, args);
      if (++count === n) {
        isDead = true;
        this.transaction.abort();
      }
      return request;
    };
    try {
      const bench = await started({ database });
      for (const at of [0, 70, 76]) {
        if (at > 0) await seek(bench, minute(at));
        const alarm = await standing(bench);
        const answer = await ask(bench, { kind: 'alarm-acknowledge', episode: alarm.episode });
        const event = alarmsOf(bench)!.said.findLast(({ pool }) => pool === 'cross')!.id;
        if (answer.kind === 'done') answered.push({ episode: alarm.episode, event });
      }
      bench.host.stop();
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    const { events, acknowledgements, machines } = await kept(database);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(acknowledgements.map(({ id }) => id)).toEqual(expect.arrayContaining(answered.map(({ event }) => event)));
    const after = await started({ database });
    const alarm = await standing(after);
    if (answered.length > 0) expect(answered.map(({ episode }) => episode)).toContain(alarm.episode);
    // Where the stream goes on, the acknowledgement holds; watched again from the beginning, it is not acknowledged yet.
    const goesOn = machines.some(({ clockMs }) => clockMs <= START_MS);
    if (goesOn && answered.length > 0) {
      expect(alarm.acknowledgedMs).toBe(START_MS);
      takenUp++;
    }
    if (machines.some(({ clockMs }) => clockMs > START_MS)) expect(alarm.acknowledgedMs).toBeNaN();
    after.host.stop();
    if (!isDead) break;
    kills++;
  }
  expect(kills).toBeGreaterThanOrEqual(8);
  expect(takenUp).toBeGreaterThanOrEqual(1);
});
