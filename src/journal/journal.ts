/** What is kept, over shelves that change all at once or not at all (rules JN of docs/spec/journal.md). Time is an argument. */
import * as v from 'valibot';
import { exportText, readExport } from './exchange.ts';
import {
  type AcknowledgementRow,
  type ChoiceRow,
  type EpisodeRow,
  type EventRow,
  type MachineRow,
  type SampleRow,
  SET_ASIDE_ROW,
  type SetAsideRow,
  SHAPES,
  type StoreName,
  type WatchedRow,
} from './records.ts';
import { type Change, KEY_FIELDS, type ShelfKey, type Shelves } from './shelves.ts';
import { DAY_MS, thinned } from './thinning.ts';

/** JN-5. */
export const EVENTS_KEPT_MS = 90 * DAY_MS;
export const STREAMS_KEPT_MS = 400 * DAY_MS;
/** Machines are taken up from the newest streams only. */
const MACHINES_MAX = 200;
const THINNINGS_MAX = 12;

/** What is to be kept together: all of it or none. */
export interface Batch {
  readonly events: readonly EventRow[];
  readonly episodes: readonly EpisodeRow[];
  readonly acknowledgements: readonly AcknowledgementRow[];
  readonly machines: readonly MachineRow[];
  /** Keys of the streams whose machines no longer hold. */
  readonly dropped: readonly string[];
  readonly choices: readonly ChoiceRow[];
  readonly samples: readonly SampleRow[];
  /** Samples of the stream after this time no longer hold. */
  readonly cuts: readonly { readonly key: string; readonly afterMs: number }[];
}

export const NO_BATCH: Batch = {
  events: [],
  episodes: [],
  acknowledgements: [],
  machines: [],
  dropped: [],
  choices: [],
  samples: [],
  cuts: [],
};

/** What a start needs. */
export interface Remembered {
  readonly acknowledgements: readonly AcknowledgementRow[];
  readonly machines: readonly MachineRow[];
  readonly choices: readonly ChoiceRow[];
  readonly watchlist: readonly WatchedRow[];
}

export interface Counts {
  readonly events: number;
  readonly samples: number;
  readonly setAside: readonly SetAsideRow[];
  /** Times that detail was let go of for want of room. */
  readonly quotaThinnings: number;
}

/** `added` were not there before. */
export interface Imported {
  readonly added: number;
  readonly known: number;
}

export interface Journal {
  readonly remember: () => Promise<Remembered>;
  /** Answers with the ids of events that were kept before. Rejects where the disk does not take it. */
  readonly keep: (batch: Batch, nowMs: number) => Promise<readonly string[]>;
  /** One stream's samples, oldest first, from and to included. */
  readonly samples: (key: string, fromMs: number, toMs: number, nowMs: number) => Promise<readonly SampleRow[]>;
  /** All that is kept, newest first. */
  readonly events: (nowMs: number) => Promise<readonly EventRow[]>;
  readonly acknowledgements: (nowMs: number) => Promise<readonly AcknowledgementRow[]>;
  readonly watch: (account: string, isWatched: boolean, nowMs: number) => Promise<void>;
  readonly counts: () => Promise<Counts>;
  /** Lets go of what is too old. */
  readonly tidy: (nowMs: number) => Promise<void>;
  readonly exportText: (nowMs: number) => Promise<string>;
  /** Throws `InputError`; nothing changed then. */
  readonly importText: (text: string) => Promise<Imported>;
  readonly forget: () => Promise<void>;
  readonly close: () => void;
}

export const createJournal = (shelves: Shelves): Journal => new JournalCore(shelves);

class JournalCore implements Journal {
  private readonly shelves: Shelves;
  private quotaThinnings = 0;

  constructor(shelves: Shelves) {
    this.shelves = shelves;
  }

  async remember(): Promise<Remembered> {
    const nowMs = Number.NaN;
    const machines = await this.rows('machines', nowMs);
    return {
      acknowledgements: await this.rows('acknowledgements', nowMs),
      machines: [...machines].sort((a, b) => b.keptMs - a.keptMs).slice(0, MACHINES_MAX),
      choices: await this.rows('choices', nowMs),
      watchlist: [...(await this.rows('watchlist', nowMs))].sort((a, b) => a.addedMs - b.addedMs),
    };
  }

  async keep(batch: Batch, nowMs: number): Promise<readonly string[]> {
    const ids = batch.events.map(({ id }) => id);
    const known = ids.length > 0 ? await this.shelves.known('events', ids) : [];
    // What somebody did survives a power cut; what the machine said, any kill, and a power cut that leaves it would say it again.
    const isGrave = batch.acknowledgements.length + batch.choices.length > 0;
    // What was kept first stays: the same event seen again is no other.
    const fresh = known.length > 0 ? batch.events.filter(({ id }) => !known.includes(id)) : batch.events;
    await this.apply(changesOf({ ...batch, events: fresh }), isGrave, nowMs);
    return known as readonly string[];
  }

  /** JN-7: a full disk takes detail, oldest first, and never an alarm. What is left without room is only detail, too. */
  private async apply(changes: readonly Change[], isStrict: boolean, nowMs: number): Promise<void> {
    let wanted = changes;
    for (let i = 0; ; i++) {
      try {
        await this.shelves.apply(wanted, isStrict);
        return;
      } catch (error) {
        if (!isQuota(error) || i >= THINNINGS_MAX) throw error;
        this.quotaThinnings++;
        if (await this.thinForRoom(nowMs)) continue;
        const grave = wanted.filter(({ kind, shelf }) => !(kind === 'put' && shelf === 'samples'));
        if (grave.length === wanted.length) throw error;
        wanted = grave;
      }
    }
  }

  /** The older half of all samples; where there are none, the older half of the ended and acknowledged events. False: nothing is left to let go of. */
  private async thinForRoom(nowMs: number): Promise<boolean> {
    const samples = await this.rows('samples', nowMs);
    if (samples.length > 1) {
      const oldest = [...samples].sort((a, b) => a.keptMs - b.keptMs || a.timeMs - b.timeMs).slice(0, Math.ceil(samples.length / 2));
      await this.shelves.apply(oldest.map(deletion), false);
      return true;
    }
    const acknowledged = new Set((await this.rows('acknowledgements', nowMs)).map(({ episode }) => episode));
    const open = openEpisodes(await this.rows('episodes', nowMs));
    const free = (await this.rows('events', nowMs))
      .filter(({ event }) => event.kind === 'flood' || (!open.has(event.episode.id) && acknowledged.has(event.episode.id)))
      .sort((a, b) => a.keptMs - b.keptMs);
    await this.shelves.apply(
      free.slice(0, Math.ceil(free.length / 2)).map(({ id }): Change => ({ kind: 'delete', shelf: 'events', key: id })),
      false,
    );
    return free.length > 0;
  }

  async samples(key: string, fromMs: number, toMs: number, nowMs: number): Promise<readonly SampleRow[]> {
    return this.rows('samples', nowMs, { from: [key, fromMs], to: [key, toMs] });
  }

  async events(nowMs: number): Promise<readonly EventRow[]> {
    const rows = await this.rows('events', nowMs);
    return [...rows].sort((a, b) => b.keptMs - a.keptMs || b.event.atMs - a.event.atMs || (a.id < b.id ? 1 : -1));
  }

  acknowledgements(nowMs: number): Promise<readonly AcknowledgementRow[]> {
    return this.rows('acknowledgements', nowMs);
  }

  async watch(account: string, isWatched: boolean, nowMs: number): Promise<void> {
    const row = { account, addedMs: nowMs } satisfies WatchedRow;
    const change: Change = isWatched ? { kind: 'put', shelf: 'watchlist', row } : { kind: 'delete', shelf: 'watchlist', key: account };
    await this.apply([change], true, nowMs);
  }

  async counts(): Promise<Counts> {
    const setAside = await this.shelves.read('set-aside');
    return {
      events: await this.shelves.count('events'),
      samples: await this.shelves.count('samples'),
      setAside: setAside.flatMap(({ row }) => {
        const read = v.safeParse(SET_ASIDE_ROW, row);
        return read.success ? [read.output] : [];
      }),
      quotaThinnings: this.quotaThinnings,
    };
  }

  /** JN-5, JN-6. */
  async tidy(nowMs: number): Promise<void> {
    const episodes = await this.rows('episodes', nowMs);
    const open = openEpisodes(episodes);
    const isOld = ({ keptMs }: { readonly keptMs: number }): boolean => keptMs < nowMs - EVENTS_KEPT_MS;
    const changes: Change[] = [];
    for (const row of episodes) if (isOld(row) && !open.has(row.id)) changes.push({ kind: 'delete', shelf: 'episodes', key: row.id });
    for (const row of await this.rows('events', nowMs))
      if (isOld(row) && (row.event.kind === 'flood' || !open.has(row.event.episode.id)))
        changes.push({ kind: 'delete', shelf: 'events', key: row.id });
    for (const row of await this.rows('acknowledgements', nowMs))
      if (isOld(row) && !open.has(row.episode)) changes.push({ kind: 'delete', shelf: 'acknowledgements', key: row.id });
    for (const row of await this.rows('machines', nowMs)) {
      if (!isOld(row)) continue;
      changes.push({ kind: 'delete', shelf: 'machines', key: row.key });
      for (const { episode } of row.snapshot.subjects) {
        const left = episodes.find(({ id }) => id === episode?.id && open.has(id));
        if (left) changes.push({ kind: 'put', shelf: 'episodes', row: { ...left, isLeft: true } satisfies EpisodeRow });
      }
    }
    await this.shelves.apply(changes, false);
    await this.tidySamples(nowMs);
  }

  private async tidySamples(nowMs: number): Promise<void> {
    const streams = new Set((await this.shelves.keys('samples')).map((key) => String((key as readonly unknown[])[0])));
    for (const key of streams) {
      const rows = await this.samples(key, -8.64e15, 8.64e15, nowMs);
      const isOver = rows.every(({ keptMs }) => keptMs < nowMs - STREAMS_KEPT_MS);
      const { dropped, changed } = isOver ? { dropped: rows, changed: [] } : thinned(rows);
      const puts = changed.map((row): Change => ({ kind: 'put', shelf: 'samples', row }));
      await this.shelves.apply([...dropped.map(deletion), ...puts], false);
    }
  }

  async exportText(nowMs: number): Promise<string> {
    const rows: Record<string, readonly object[]> = {};
    for (const name of Object.keys(SHAPES) as StoreName[]) rows[name] = await this.rows(name, nowMs);
    return exportText(rows, nowMs);
  }

  async importText(text: string): Promise<Imported> {
    const rows = readExport(text);
    const changes: Change[] = [];
    let known = 0;
    for (const [shelf, list] of Object.entries(rows) as [StoreName, readonly object[]][]) {
      const keys = list.map((row) => keyOf(shelf, row));
      const there = new Set((await this.shelves.known(shelf, keys)).map((key) => JSON.stringify(key)));
      for (const [i, row] of list.entries()) {
        const key = JSON.stringify(keys[i]);
        if (there.has(key)) known++;
        else changes.push({ kind: 'put', shelf, row });
        there.add(key);
      }
    }
    await this.shelves.apply(changes, true);
    return { added: changes.length, known };
  }

  async forget(): Promise<void> {
    const shelves = [...(Object.keys(SHAPES) as StoreName[]), 'set-aside' as const];
    await this.shelves.apply(
      shelves.map((shelf): Change => ({ kind: 'clear', shelf })),
      true,
    );
  }

  close(): void {
    this.shelves.close();
  }

  /** JN-3: a row that has not its shape is put aside as it is, with why, and the rest is used. */
  private async rows<S extends StoreName>(
    shelf: S,
    nowMs: number,
    span?: Parameters<Shelves['read']>[1],
  ): Promise<readonly v.InferOutput<(typeof SHAPES)[S]>[]> {
    const good: v.InferOutput<(typeof SHAPES)[S]>[] = [];
    const aside: Change[] = [];
    for (const { key, row } of await this.shelves.read(shelf, span)) {
      const read = v.safeParse(SHAPES[shelf], row, { abortEarly: true });
      if (read.success) good.push(read.output as v.InferOutput<(typeof SHAPES)[S]>);
      else {
        const why = read.issues[0];
        const reason = `${v.getDotPath(why) ?? 'the row'}: ${why.message}`.slice(0, 500);
        const atMs = Number.isFinite(nowMs) ? nowMs : 0;
        const kept = { store: shelf, key: JSON.stringify(key).slice(0, 500), reason, atMs, row } satisfies SetAsideRow;
        aside.push({ kind: 'put', shelf: 'set-aside', row: kept }, { kind: 'delete', shelf, key });
      }
    }
    // A disk that is too full to move them leaves them where they are; they are not used either way.
    if (aside.length > 0) await this.shelves.apply(aside, false).catch(() => undefined);
    return good;
  }
}

/** What goes comes first: a stream that began anew may stand again already. */
const changesOf = ({ events, episodes, acknowledgements, machines, dropped, choices, samples, cuts }: Batch): Change[] => [
  ...cuts.map(
    ({ key, afterMs }): Change => ({ kind: 'delete-span', shelf: 'samples', span: { from: [key, afterMs], to: [key, 8.64e15] } }),
  ),
  ...dropped.map((key): Change => ({ kind: 'delete', shelf: 'machines', key })),
  ...(Object.entries({ events, episodes, acknowledgements, machines, choices, samples }) as [StoreName, readonly object[]][]).flatMap(
    ([shelf, rows]) => rows.map((row): Change => ({ kind: 'put', shelf, row })),
  ),
];

const deletion = ({ key, timeMs }: SampleRow): Change => ({ kind: 'delete', shelf: 'samples', key: [key, timeMs] });

const keyOf = (shelf: StoreName, row: object): ShelfKey => {
  const parts = KEY_FIELDS[shelf].map((name) => (row as Readonly<Record<string, string | number>>)[name]!);
  return parts.length === 1 ? parts[0]! : parts;
};

/** Ids of the episodes that stand, as far as is known. */
const openEpisodes = (rows: readonly EpisodeRow[]): ReadonlySet<string> =>
  new Set(rows.filter(({ episode, isLeft }) => episode.closedMs === undefined && !isLeft).map(({ id }) => id));

const isQuota = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'QuotaExceededError' || /quota/i.test(error.message));
