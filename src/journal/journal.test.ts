import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { InputError } from '../domain/fault.ts';
import { openDatabase, VERSION } from './database.ts';
import { createJournal, EVENTS_KEPT_MS, type Journal, NO_BATCH, STREAMS_KEPT_MS } from './journal.ts';
import { createMemoryShelves } from './memory-shelves.ts';
import type { Change, Shelves } from './shelves.ts';
import { AT, acknowledgementRow, episodeOf, episodeRow, eventRow, KEY, machineRow, NOW, sampleRow } from './testing/rows.ts';

let names = 0;
const newName = (): string => `journal-test-${++names}`;
const open = (name: string): Promise<Shelves> => openDatabase({ name, onLost: () => undefined });
const ALL = [-8.64e15, 8.64e15] as const;

/** Both kinds of shelves keep the same promises. */
const KINDS: readonly (readonly [string, () => Promise<Shelves>])[] = [
  ['a database', () => open(newName())],
  ['memory', () => Promise.resolve(createMemoryShelves())],
];

describe.each(KINDS)('a journal over %s', (_name, shelvesOf) => {
  it('keeps events once, by their id, and says which it had', async () => {
    const journal = createJournal(await shelvesOf());
    expect(await journal.keep({ ...NO_BATCH, events: [eventRow('e', 1)] }, NOW)).toEqual([]);
    expect(await journal.keep({ ...NO_BATCH, events: [eventRow('e', 1, NOW + 5), eventRow('e', 2, NOW + 5)] }, NOW)).toEqual(['e-1']);
    const events = await journal.events(NOW);
    expect(events.map(({ id, keptMs }) => [id, keptMs])).toEqual([
      ['e-2', NOW + 5],
      ['e-1', NOW],
    ]);
  });

  it('gives back what a start needs', async () => {
    const journal = createJournal(await shelvesOf());
    const batch = { ...NO_BATCH, acknowledgements: [acknowledgementRow('e')], machines: [machineRow(['e'], ['e'])] };
    await journal.keep({ ...batch, choices: [{ name: 'alarm-rules', text: null, changedMs: NOW }] }, NOW);
    await journal.watch('b', true, NOW + 1);
    await journal.watch('a', true, NOW);
    await journal.watch('c', true, NOW + 2);
    await journal.watch('b', false, NOW + 3);
    const remembered = await journal.remember();
    expect(remembered.acknowledgements).toEqual([acknowledgementRow('e')]);
    expect(remembered.machines).toEqual([machineRow(['e'], ['e'])]);
    expect(remembered.choices).toEqual([{ name: 'alarm-rules', text: null, changedMs: NOW }]);
    expect(remembered.watchlist.map(({ account }) => account)).toEqual(['a', 'c']);
    await journal.keep({ ...NO_BATCH, dropped: [KEY] }, NOW);
    expect((await journal.remember()).machines).toEqual([]);
  });

  it('gives the samples of a span, and cuts what was another course', async () => {
    const journal = createJournal(await shelvesOf());
    const other = sampleRow(AT + 1, '7', { key: 'other' });
    await journal.keep({ ...NO_BATCH, samples: [0, 1, 2, 3].map((i) => sampleRow(AT + i, String(i))).concat(other) }, NOW);
    const equities = async (from: number, to: number): Promise<string[]> =>
      (await journal.samples(KEY, from, to, NOW)).map(({ equity }) => equity);
    expect(await equities(AT + 1, AT + 2)).toEqual(['1', '2']);
    await journal.keep({ ...NO_BATCH, samples: [sampleRow(AT + 1, '9')], cuts: [{ key: KEY, afterMs: AT + 1 }] }, NOW);
    expect(await equities(...ALL)).toEqual(['0', '9']);
    expect(await journal.samples('other', ...ALL, NOW)).toEqual([other]);
  });

  it('JN-3: sets a row aside that it cannot read, says so, and uses the rest', async () => {
    const shelves = await shelvesOf();
    const journal = createJournal(shelves);
    await journal.keep({ ...NO_BATCH, events: [eventRow('e', 1)] }, NOW);
    const broken = { ...eventRow('e', 2), event: { kind: 'step', atMs: 'yesterday' } };
    const machine = { ...machineRow(['e']), snapshot: { ...machineRow(['e']).snapshot, ruleIds: [] } };
    await shelves.apply(
      [
        { kind: 'put', shelf: 'events', row: broken },
        { kind: 'put', shelf: 'machines', row: machine },
      ],
      true,
    );
    expect((await journal.events(NOW)).map(({ id }) => id)).toEqual(['e-1']);
    expect((await journal.remember()).machines).toEqual([]);
    const { setAside, events } = await journal.counts();
    expect(events).toBe(1);
    expect(setAside.map(({ store, key }) => [store, key])).toEqual([
      ['events', '"e-2"'],
      ['machines', JSON.stringify(KEY)],
    ]);
    expect(setAside[0]).toMatchObject({ row: broken, reason: expect.stringMatching(/^event/) });
    // It is set aside once.
    await journal.events(NOW);
    expect((await journal.counts()).setAside).toHaveLength(2);
  });

  it('JN-5: lets go of what is too old, never of an alarm that stands', async () => {
    const journal = createJournal(await shelvesOf());
    const old = NOW - EVENTS_KEPT_MS - 1;
    const closed = episodeRow('closed', { keptMs: old, episode: episodeOf('closed', 1, { closedMs: AT }) });
    await journal.keep(
      {
        ...NO_BATCH,
        events: [eventRow('open', 1, old), eventRow('closed', 1, old), eventRow('young', 1, NOW)],
        episodes: [episodeRow('open', { keptMs: old }), closed, episodeRow('young')],
        acknowledgements: [acknowledgementRow('open', 1, old), acknowledgementRow('closed', 1, old)],
        samples: [sampleRow(AT, '1'), sampleRow(AT, '1', { key: 'over', keptMs: NOW - STREAMS_KEPT_MS - 1 })],
      },
      NOW,
    );
    await journal.tidy(NOW);
    expect((await journal.events(NOW)).map(({ id }) => id).sort()).toEqual(['open-1', 'young-1']);
    expect((await journal.acknowledgements(NOW)).map(({ id }) => id)).toEqual(['open-1']);
    expect(await journal.samples('over', ...ALL, NOW)).toEqual([]);
    expect(await journal.samples(KEY, ...ALL, NOW)).toHaveLength(1);
  });

  it('JN-11: exports, forgets, imports again, merging by id', async () => {
    const journal = createJournal(await shelvesOf());
    await journal.keep(
      {
        ...NO_BATCH,
        events: [eventRow('e')],
        episodes: [episodeRow('e')],
        acknowledgements: [acknowledgementRow('e')],
        machines: [machineRow(['e'])],
        samples: [sampleRow(AT, '1.5')],
      },
      NOW,
    );
    const text = await journal.exportText(NOW);
    await journal.forget();
    expect(await journal.counts()).toMatchObject({ events: 0, samples: 0 });
    await journal.keep({ ...NO_BATCH, events: [eventRow('e', 1, NOW + 9), eventRow('f')] }, NOW);
    expect(await journal.importText(text)).toEqual({ added: 4, known: 1 });
    expect((await journal.events(NOW)).map(({ id, keptMs }) => [id, keptMs])).toEqual([
      ['e-1', NOW + 9],
      ['f-1', NOW],
    ]);
    expect(await journal.samples(KEY, ...ALL, NOW)).toEqual([sampleRow(AT, '1.5')]);
  });

  it.each([
    ['{', ''],
    ['[]', ''],
    ['{"format":"plimsoll-journal/2"}', '/format'],
    ['{"format":"plimsoll-journal/1","news":[]}', '/news'],
    ['{"format":"plimsoll-journal/1","events":{}}', '/events'],
    [JSON.stringify({ format: 'plimsoll-journal/1', events: [eventRow('e'), { ...eventRow('f'), keptMs: 'now' }] }), '/events/1/keptMs'],
    [JSON.stringify({ format: 'plimsoll-journal/1', samples: [sampleRow(AT, 'much')] }), '/samples/0/equity'],
  ])('error: a file that is none changes nothing: %s', async (text, pointer) => {
    const journal = createJournal(await shelvesOf());
    await journal.keep({ ...NO_BATCH, events: [eventRow('held')] }, NOW);
    const error = await journal.importText(text).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).faults[0]?.pointer).toBe(pointer);
    expect((await journal.events(NOW)).map(({ id }) => id)).toEqual(['held-1']);
  });
});

describe('JN-7 a full disk', () => {
  /** Takes so many rows and no more. */
  const small = (room: number): Shelves => {
    const shelves = createMemoryShelves();
    const size = async (): Promise<number> => {
      const shelfNames = ['events', 'episodes', 'acknowledgements', 'machines', 'samples', 'watchlist', 'choices'] as const;
      return (await Promise.all(shelfNames.map((name) => shelves.count(name)))).reduce((sum, count) => sum + count, 0);
    };
    return {
      ...shelves,
      apply: async (changes: readonly Change[], isStrict) => {
        const added = changes.filter(({ kind }) => kind === 'put').length;
        if (added > 0 && (await size()) + added > room) throw Object.assign(new Error('full'), { name: 'QuotaExceededError' });
        await shelves.apply(changes, isStrict);
      },
    };
  };

  it('takes the oldest detail first', async () => {
    const journal = createJournal(small(12));
    for (let i = 0; i < 10; i++) await journal.keep({ ...NO_BATCH, samples: [sampleRow(AT + i, String(i), { keptMs: NOW + i })] }, NOW);
    await journal.keep(
      { ...NO_BATCH, events: [eventRow('e')], episodes: [episodeRow('e')], acknowledgements: [acknowledgementRow('e')] },
      NOW,
    );
    expect((await journal.samples(KEY, ...ALL, NOW)).map(({ equity }) => equity)).toEqual(['5', '6', '7', '8', '9']);
    expect(await journal.counts()).toMatchObject({ events: 1, quotaThinnings: 1 });
  });

  it('never takes an alarm that stands, nor one that nobody acknowledged', async () => {
    const journal = createJournal(small(6));
    const closed = episodeRow('closed', { episode: episodeOf('closed', 1, { closedMs: AT }) });
    await journal.keep(
      { ...NO_BATCH, events: [eventRow('closed')], episodes: [closed], acknowledgements: [acknowledgementRow('closed')] },
      NOW,
    );
    await journal.keep({ ...NO_BATCH, events: [eventRow('open')], episodes: [episodeRow('open')] }, NOW);
    await journal.keep({ ...NO_BATCH, events: [eventRow('open', 2), eventRow('open', 3)] }, NOW);
    expect((await journal.events(NOW)).map(({ id }) => id).sort()).toEqual(['open-1', 'open-2', 'open-3']);
    await expect(journal.keep({ ...NO_BATCH, events: [eventRow('open', 4), eventRow('open', 5)] }, NOW)).rejects.toThrow('full');
    expect((await journal.events(NOW)).map(({ id }) => id).sort()).toEqual(['open-1', 'open-2', 'open-3']);
  });

  it('goes on without detail that has no room', async () => {
    const journal = createJournal(small(1));
    await journal.keep({ ...NO_BATCH, events: [eventRow('e')], samples: [sampleRow(AT, '1')] }, NOW);
    expect(await journal.counts()).toMatchObject({ events: 1, samples: 0 });
  });
});

describe('JN-1 versions', () => {
  it('opens a database of the first version: nothing is lost, and rows learn when they were kept', async () => {
    const name = newName();
    const old = await openDB(name, 1, {
      upgrade: (database) => {
        for (const store of ['events', 'episodes', 'acknowledgements']) database.createObjectStore(store, { keyPath: 'id' });
        database.createObjectStore('machines', { keyPath: 'key' });
        database.createObjectStore('samples', { keyPath: ['key', 'timeMs'] });
        database.createObjectStore('watchlist', { keyPath: 'account' });
        database.createObjectStore('choices', { keyPath: 'name' });
      },
    });
    const { keptMs: _event, ...event } = eventRow('e');
    const { keptMs: _episode, ...episode } = episodeRow('e');
    const { keptMs: _acknowledgement, ...acknowledgement } = acknowledgementRow('e');
    const { keptMs: _machine, ...machine } = machineRow(['e'], ['e']);
    const { keptMs: _sample, ...sample } = sampleRow(AT, '1');
    await old.put('events', event);
    await old.put('events', { id: 'broken' });
    await old.put('episodes', episode);
    await old.put('acknowledgements', acknowledgement);
    await old.put('machines', machine);
    await old.put('samples', sample);
    await old.put('choices', { name: 'alarm-rules', text: '{}', changedMs: AT });
    old.close();
    const journal = createJournal(await open(name));
    expect(await journal.events(NOW)).toEqual([eventRow('e', 1, AT)]);
    expect(await journal.samples(KEY, ...ALL, NOW)).toEqual([sampleRow(AT, '1', { keptMs: AT })]);
    expect(await journal.remember()).toMatchObject({
      acknowledgements: [acknowledgementRow('e', 1, AT)],
      machines: [machineRow(['e'], ['e'], AT)],
      choices: [{ name: 'alarm-rules', text: '{}' }],
    });
    expect((await journal.counts()).setAside).toMatchObject([{ store: 'events', key: '"broken"' }]);
    journal.close();
    const now = await openDB(name);
    expect(now.version).toBe(VERSION);
    now.close();
  });

  it('lets go when a newer page opens it in another tab', async () => {
    const name = newName();
    const reasons: string[] = [];
    await openDatabase({ name, onLost: (reason) => reasons.push(reason) });
    const newer = await openDB(name, VERSION + 1);
    expect(reasons).toEqual([expect.stringContaining('newer version')]);
    newer.close();
    await expect(open(name)).rejects.toThrow();
  });
});

describe('a kill at any point', () => {
  /** Breaks off at the n-th request that writes, as a killed process does: what is under way is undone, and nothing comes after it. */
  async function killedAt(name: string, n: number, work: (journal: Journal) => Promise<void>): Promise<boolean> {
    const prototype = IDBObjectStore.prototype;
    const put = prototype.put;
    let count = 0;
    let isDead = false;
    prototype.put = function (this: IDBObjectStore, ...args: Parameters<typeof put>) {
      if (isDead) throw new Error('killed');
      const request = put.apply(this, args);
      if (++count === n) {
        isDead = true;
        this.transaction.abort();
      }
      return request;
    };
    const journal = createJournal(await open(name));
    try {
      await work(journal);
    } catch {
      expect(isDead).toBe(true);
    } finally {
      prototype.put = put;
      journal.close();
    }
    return isDead;
  }

  it('JN-4: what was answered is there after it, whole, and once', async () => {
    let kills = 0;
    for (let n = 1; ; n++) {
      const name = newName();
      const answered: { events: string[]; acknowledged: string[]; rules: string | undefined } = {
        events: [],
        acknowledged: [],
        rules: undefined,
      };
      const isKilled = await killedAt(name, n, async (journal) => {
        for (let round = 0; round < 3; round++) {
          const ids = [`e${round}`, `f${round}`];
          await journal.keep(
            { ...NO_BATCH, events: ids.map((id) => eventRow(id)), episodes: ids.map((id) => episodeRow(id)), machines: [machineRow(ids)] },
            NOW,
          );
          answered.events.push(...ids.map((id) => `${id}-1`));
          await journal.keep({ ...NO_BATCH, samples: [sampleRow(AT + round, '1')] }, NOW);
          await journal.keep(
            {
              ...NO_BATCH,
              acknowledgements: [acknowledgementRow(ids[0]!)],
              episodes: [episodeRow(ids[0]!, { episode: episodeOf(ids[0]!, 1, { acknowledged: { atMs: AT, by: 'user' } }) })],
              machines: [machineRow(ids, [ids[0]!])],
            },
            NOW,
          );
          answered.acknowledged.push(`${ids[0]}-1`);
          await journal.keep({ ...NO_BATCH, choices: [{ name: 'alarm-rules', text: `rules ${round}`, changedMs: NOW }] }, NOW);
          answered.rules = `rules ${round}`;
        }
      });
      const after = createJournal(await open(name));
      const events = (await after.events(NOW)).map(({ id }) => id);
      const { acknowledgements, machines, choices } = await after.remember();
      expect(events).toEqual(expect.arrayContaining(answered.events));
      expect(new Set(events).size).toBe(events.length);
      expect(acknowledgements.map(({ id }) => id)).toEqual(expect.arrayContaining(answered.acknowledged));
      expect(choices[0]?.text).toBe(answered.rules);
      // Where the alarms stand fits what was acknowledged and what was said: they were written together.
      const acknowledged = new Set(acknowledgements.map(({ episode }) => episode));
      for (const { episode } of machines[0]?.snapshot.subjects ?? []) {
        expect(events).toContain(`${episode?.id}-1`);
        expect(episode?.acknowledged !== undefined).toBe(acknowledged.has(episode?.id ?? ''));
      }
      expect((await after.counts()).setAside).toEqual([]);
      after.close();
      if (!isKilled) break;
      kills++;
    }
    expect(kills).toBeGreaterThanOrEqual(30);
  });
});
