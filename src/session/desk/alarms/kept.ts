/** What of the desk's alarms outlives the page (rule DA-14): too many to be kept whole. */
import { type AlarmEvent, type FloodEvent, rankOf, type Subject } from '../../../policy/alarms/events.ts';
import { subjectKey } from '../../../policy/alarms/identity.ts';
import type { AlarmMachine, MachineSnapshot } from '../../../policy/alarms/machine.ts';
import type { SubjectState } from '../../../policy/alarms/subject-state.ts';
import type { Keeper } from '../../journal/keeper.ts';

/** What a desk needs of the keeper of the journal. */
export type DeskKeeper = Pick<Keeper, 'takeUp' | 'leave' | 'looked' | 'acknowledge' | 'acknowledgeMany'>;

/** Alarms whose passage goes on after a new start: the worst. Of the others it is known whether they were acknowledged. */
export const KEPT_WHOLE = 500;
/** For so long after a new start an alarm that comes up again is taken for the one that was acknowledged. */
const REMEMBERED_MS = 600_000;

/** Floods, and from warning upward what was told one by one: how many those can be, a flood bounds (AL-20). */
export const keptEvents = (events: readonly (AlarmEvent | FloodEvent)[]): readonly (AlarmEvent | FloodEvent)[] =>
  events.filter((event) => event.kind === 'flood' || (event.notice === 'due' && rankOf(event.to) >= rankOf('warning')));

/** The machine's snapshot, bounded: the worst alarms whole, and of all others who acknowledged them. */
export function keptSnapshot(
  machine: AlarmMachine,
  atRisk: (state: SubjectState) => number,
  remembered: Remembered | undefined,
): MachineSnapshot {
  const standing = [...machine.states()].filter(({ state }) => state !== 'healthy');
  const order = Array.from(standing, (state, i) => ({ i, rank: rankOf(state.state), amount: atRisk(state) }));
  order.sort((a, b) => b.rank - a.rank || b.amount - a.amount);
  const worst: Subject[] = order.slice(0, KEPT_WHOLE).map(({ i }) => standing[i]!.subject);
  const acknowledged = standing.flatMap(({ subject, state, episode }) =>
    episode?.acknowledged ? [[subjectKey(subject), rankOf(state), episode.acknowledged.atMs] as const] : [],
  );
  const known = new Set(acknowledged.map(([key]) => key));
  const waiting = (remembered?.rest() ?? []).filter(([key]) => !known.has(key));
  return { ...machine.partOf(worst), acknowledged: [...acknowledged, ...waiting] };
}

/** Alarms that were acknowledged before a new start and have not come up again yet. */
export class Remembered {
  private readonly known: Map<string, { readonly rank: number; readonly atMs: number }>;
  private readonly untilMs: number;

  constructor({ acknowledged = [], subjects }: MachineSnapshot, clockMs: number) {
    this.known = new Map(acknowledged.map(([key, rank, atMs]) => [key, { rank, atMs }]));
    // What goes on as it was needs nobody to remember it.
    for (const { subject } of subjects) this.known.delete(subjectKey(subject));
    this.untilMs = clockMs + REMEMBERED_MS;
  }

  /** Acknowledges what stands again, no worse than it was when somebody took note of it. */
  apply(machine: AlarmMachine, clockMs: number): void {
    if (this.known.size === 0) return;
    const isKnown = ({ subject, state }: SubjectState): boolean => rankOf(state) <= (this.known.get(subjectKey(subject))?.rank ?? -1);
    machine.acknowledgeAll(isKnown, 'user', ({ subject }) => this.known.get(subjectKey(subject))!.atMs);
    if (clockMs > this.untilMs) this.known.clear();
  }

  /** What has not come up again is still kept. */
  rest(): NonNullable<MachineSnapshot['acknowledged']> {
    return Array.from(this.known, ([key, { rank, atMs }]) => [key, rank, atMs] as const);
  }
}
