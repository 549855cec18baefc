/**
 * What an engine has to be kept, and what was kept of it before (rules JN of docs/spec/journal.md). Pure: the host asks for the news after
 * every step and writes them down.
 */
import type { AlarmEvent, Episode, FloodEvent } from '../../policy/alarms/events.ts';
import { eventId } from '../../policy/alarms/identity.ts';
import type { AlarmMachine, MachineSnapshot } from '../../policy/alarms/machine.ts';
import type { JournalAcknowledgement, JournalMemory, JournalNews, JournalStream } from './messages.ts';

/** JN-10: a feed that begins again no further back than this goes on where it was; a machine does nothing in a step back. */
const BACK_MS = 60_000;
/** Between two events delays run on: where they stand is kept this often. */
const MACHINE_INTERVAL_MS = 10_000;

/** Of a machine, what is kept of it. */
type Kept = Pick<AlarmMachine, 'size' | 'snapshot'>;

export const streamId = ({ book, account, feed }: JournalStream): string => JSON.stringify([book, account, feed]);

type Draft = { -readonly [K in keyof JournalNews]: JournalNews[K] extends readonly (infer T)[] ? T[] : JournalNews[K] };

const noNews = (): Draft => ({
  events: [],
  episodes: [],
  acknowledgements: [],
  machines: [],
  dropped: [],
  samples: [],
  cuts: [],
  rules: undefined,
  areClosuresOn: undefined,
});

/** Keeps nothing until it was told what there is: without a journal nobody would ever ask for the news. */
export class Keeper {
  private isOn = false;
  private draft = noNews();
  private hasNews = false;
  private readonly acknowledged = new Map<string, JournalAcknowledgement>();
  private readonly machines = new Map<string, JournalMemory['machines'][number]>();
  private readonly moved = new Map<string, { readonly stream: JournalStream; readonly machine: () => Kept; readonly clockMs: number }>();
  private readonly machineMs = new Map<string, number>();
  /** By stream that began anew: acknowledgements known then are of a passage that was seen before. */
  private readonly before = new Map<string, Set<string>>();

  remember(memory: JournalMemory): void {
    this.isOn = true;
    for (const one of memory.machines) this.machines.set(streamId(one.stream), one);
    this.hearOf(memory.acknowledgements);
  }

  /** `isNews`: somebody does it now, if only in another tab; else it is read from what was kept. */
  hearOf(acknowledgements: readonly JournalAcknowledgement[], isNews = false): void {
    for (const one of acknowledgements) this.note(one, isNews);
  }

  /** JN-10: where the alarms of a stream stood, if it goes on; asked once a stream. Otherwise what stood then is left. */
  takeUp(stream: JournalStream, clockMs: number): MachineSnapshot | undefined {
    const key = streamId(stream);
    const known = this.machines.get(key);
    this.machines.delete(key);
    if (known && clockMs >= known.clockMs - BACK_MS) return known.snapshot;
    this.before.set(key, new Set(this.acknowledged.keys()));
    if (known)
      this.leave(
        stream,
        known.snapshot.subjects.flatMap(({ episode }) => (episode ? [episode] : [])),
      );
    return undefined;
  }

  private note(one: JournalAcknowledgement, isNews: boolean): void {
    this.acknowledged.set(one.id, one);
    if (isNews) for (const ids of this.before.values()) ids.delete(one.id);
  }

  /** The stream begins anew: what stands is left. */
  leave(stream: JournalStream, standing: readonly Episode[]): void {
    if (!this.isOn) return;
    for (const episode of standing) this.put((draft) => draft.episodes.push({ stream, episode, isLeft: true }));
    this.put((draft) => draft.dropped.push(stream));
    this.moved.delete(streamId(stream));
  }

  /** After a look: what was said is kept with where the alarms stand, all at once. */
  looked(stream: JournalStream, events: readonly (AlarmEvent | FloodEvent)[], machine: () => Kept, clockMs: number, nowMs: number): void {
    if (!this.isOn) return;
    for (const event of events) {
      this.put((draft) => draft.events.push({ stream, event }));
      if (event.kind !== 'flood') this.put((draft) => draft.episodes.push({ stream, episode: event.episode, isLeft: false }));
    }
    const key = streamId(stream);
    const sinceMs = nowMs - (this.machineMs.get(key) ?? Number.NEGATIVE_INFINITY);
    const isDue = machine().size() > 0 && (sinceMs >= MACHINE_INTERVAL_MS || sinceMs < 0);
    if (events.length === 0 && !isDue) return;
    this.machineMs.set(key, nowMs);
    this.stands(stream, machine, clockMs);
  }

  /** AL-16 by hand: kept with where the alarms stand then. */
  acknowledge(
    stream: JournalStream,
    episode: Episode,
    { kind, forMs }: Pick<JournalAcknowledgement, 'kind' | 'forMs'>,
    machine: () => Kept,
    clockMs: number,
  ): void {
    if (!this.isOn) return;
    const row = { id: eventId(episode.id, episode.steps), episode: episode.id, kind, atMs: clockMs, forMs };
    this.note(row, true);
    this.put((draft) => draft.acknowledgements.push(row));
    this.put((draft) => draft.episodes.push({ stream, episode, isLeft: false }));
    this.stands(stream, machine, clockMs);
  }

  /** Many at once by hand: kept with where the alarms stand then, which says whose they are. */
  acknowledgeMany(stream: JournalStream, machine: () => Kept, clockMs: number): void {
    if (this.isOn) this.stands(stream, machine, clockMs);
  }

  rules(text: string | null): void {
    if (!this.isOn) return;
    this.put((draft) => {
      draft.rules = text;
    });
  }

  closures(areOn: boolean): void {
    if (!this.isOn) return;
    this.put((draft) => {
      draft.areClosuresOn = areOn;
    });
  }

  sample(stream: JournalStream, sample: JournalNews['samples'][number]['sample'], cutMs: number | undefined): void {
    if (!this.isOn) return;
    if (cutMs !== undefined) this.put((draft) => draft.cuts.push({ stream, afterMs: cutMs }));
    this.put((draft) => draft.samples.push({ stream, sample }));
  }

  /** JN-10: what somebody took note of stays so, wherever it was done: applied to an episode that stands at the same event of the same run. True: one was. */
  apply(stream: JournalStream, machine: AlarmMachine, clockMs: number): boolean {
    if (this.acknowledged.size === 0) return false;
    const before = this.before.get(streamId(stream));
    let isApplied = false;
    for (const { id, steps, acknowledged, subject } of machine.standing()) {
      const known = this.acknowledged.get(eventId(id, steps));
      if (!known || before?.has(known.id)) continue;
      if (known.kind === 'acknowledged' && !acknowledged) {
        machine.acknowledge(id, 'user', known.atMs);
        isApplied = true;
      }
      const leftMs = known.atMs + known.forMs - clockMs;
      if (known.kind === 'snoozed' && leftMs > 0 && clockMs >= known.atMs && !machine.outlook(subject).snoozedForMs) {
        machine.snooze(id, leftMs);
        isApplied = true;
      }
    }
    return isApplied;
  }

  /** Since it was last asked; null where there is nothing. */
  news(): JournalNews | null {
    if (!this.hasNews) return null;
    const news = this.draft;
    for (const { stream, machine, clockMs } of this.moved.values()) news.machines.push({ stream, clockMs, snapshot: machine().snapshot() });
    this.moved.clear();
    this.draft = noNews();
    this.hasNews = false;
    return news;
  }

  private stands(stream: JournalStream, machine: () => Kept, clockMs: number): void {
    this.hasNews = true;
    this.moved.set(streamId(stream), { stream, machine, clockMs });
  }

  private put(change: (draft: Draft) => void): void {
    this.hasNews = true;
    change(this.draft);
  }
}
