/**
 * What the page must remember to bring a fresh worker to where the last one stood (rule SE-31): the last book that was
 * taken, what was done to it since, the feed and its clock. Plain values; the client keeps one and replaces it.
 */
import type { Command, DeskQuery, FeedSpec, SourceView, WhatIfSpec } from './protocol.ts';

type BookCommand = Extract<Command, { readonly kind: 'load' | 'load-demo' }>;
type DeskOpenCommand = Extract<Command, { readonly kind: 'desk-open' }>;
type ChangeCommand = Extract<Command, { readonly kind: 'edit' | 'select-account' }>;

export interface Recollection {
  /** Null where it came from the desk and its text is still on the way, too. */
  readonly book: BookCommand | null;
  /** Accepted changes since the book was taken, in order. */
  readonly changes: readonly ChangeCommand[];
  readonly feed: FeedSpec | null;
  /** The feed's speed and clock in the last snapshot; NaN before one. */
  readonly speed: number;
  readonly clockMs: number;
  /** Null: the shipped ones. */
  readonly alarmRules: Extract<Command, { readonly kind: 'alarm-rules' }> | null;
  /** Simulated closures were last said to be off, in this tab or another. */
  readonly areClosuresOff: boolean;
  readonly desk: DeskRecollection;
  /** The book changes by itself with each reading of its address. */
  readonly isFollowing?: boolean;
}

/** What the desk was told last. */
interface DeskRecollection {
  readonly open: DeskOpenCommand | null;
  readonly panels: Extract<Command, { readonly kind: 'desk-panels' }> | null;
  readonly watch: Extract<Command, { readonly kind: 'desk-watch' }> | null;
  readonly alarms: Extract<Command, { readonly kind: 'desk-alarms' }> | null;
}

export const NOTHING: Recollection = {
  book: null,
  changes: [],
  feed: null,
  speed: Number.NaN,
  clockMs: Number.NaN,
  alarmRules: null,
  areClosuresOff: false,
  desk: { open: null, panels: null, watch: null, alarms: null },
};

/** Beyond this many changes the client asks for an export and starts again from that. */
export const CHANGES_MAX = 1_000;

/** The recollection after `command` was accepted by the other end. Commands that change nothing lasting return it as it was. */
export function recollect(before: Recollection, command: Command): Recollection {
  switch (command.kind) {
    case 'load':
      return { ...before, book: command, changes: [], feed: feedAfterLoad(before.feed) };
    case 'load-demo':
      return { ...before, book: command, changes: [] };
    case 'edit':
      // What is changed by hand is the newest reading of the address, of which nothing was told: it is asked for.
      if (before.isFollowing) return { ...before, book: null, changes: [], isFollowing: false };
      return withChange(before, command);
    case 'select-account':
      return withChange(before, command);
    case 'feed':
      return { ...before, feed: command.feed, speed: Number.NaN, clockMs: Number.NaN };
    case 'alarm-rules':
      return { ...before, alarmRules: command };
    case 'desk-open':
      return { ...withDesk(before, { open: command }), ...(command.source.kind === 'file' ? { feed: feedAfterLoad(before.feed) } : {}) };
    case 'desk-panels':
      return withDesk(before, { panels: command });
    case 'desk-watch':
      return withDesk(before, { watch: command });
    case 'desk-row':
      return before.desk.open?.source.kind === 'book' ? selected(before, command.account) : { ...before, book: null, changes: [] };
    case 'addresses-show':
      return { ...before, book: null, changes: [], isFollowing: true, feed: feedAfterLoad(before.feed) };
    case 'desk-alarms':
      return withDesk(before, { alarms: command });
    case 'desk-close':
      return withDesk(before, { open: null });
    default:
      return before;
  }
}

const withChange = (before: Recollection, change: Recollection['changes'][number]): Recollection => ({
  ...before,
  changes: [...before.changes, change],
});

const withDesk = (before: Recollection, change: Partial<DeskRecollection>): Recollection => ({
  ...before,
  desk: { ...before.desk, ...change },
});

/** A row of the book on the margin page is one of its accounts. */
const selected = (before: Recollection, account: string): Recollection =>
  withChange(before, { kind: 'select-account', requestId: 0, account });

/** A simulation ends when a book of the user's own is taken (SE-6): the page must ask for it again. */
const feedAfterLoad = (feed: FeedSpec | null): FeedSpec | null => (feed?.kind === 'simulated' ? null : feed);

/** With where the feed stood in the newest snapshot. */
export const remember = (before: Recollection, { clockMs, speed }: SourceView): Recollection => ({ ...before, clockMs, speed });

/**
 * The book as exported stands for the book as loaded and every change accepted so far: answers come in order, so a change
 * accepted before the export's answer is in it. Undo does not reach behind it.
 */
export function compact(before: Recollection, name: string, text: string): Recollection {
  const selected = before.changes.findLast((change) => change.kind === 'select-account');
  return { ...before, book: { kind: 'load', requestId: 0, name, text }, changes: selected ? [selected] : [] };
}

/** The commands that lead a fresh worker there, in order, with the what-if that the page wants now; `nextId` numbers them. */
export function commandsOf(memory: Recollection, whatIf: WhatIfSpec | null, nextId: () => number): Command[] {
  const commands: Command[] = [];
  if (memory.alarmRules) commands.push({ ...memory.alarmRules, requestId: nextId() });
  if (memory.areClosuresOff) commands.push({ kind: 'alarm-closures', requestId: nextId(), on: false });
  if (memory.book) commands.push({ ...memory.book, requestId: nextId() });
  for (const change of memory.changes) commands.push({ ...change, requestId: nextId() });
  if (memory.feed) commands.push({ kind: 'feed', requestId: nextId(), feed: memory.feed });
  // A live feed's clock is the world's: it cannot be set.
  const isMovable = memory.feed !== null && memory.feed.kind !== 'live';
  if (isMovable && Number.isFinite(memory.clockMs)) commands.push({ kind: 'feed-seek', requestId: nextId(), timeMs: memory.clockMs });
  if (isMovable && Number.isFinite(memory.speed)) commands.push({ kind: 'feed-speed', speed: memory.speed });
  if (whatIf) commands.push({ kind: 'what-if', requestId: nextId(), spec: whatIf });
  return commands;
}

/**
 * The commands that open the desk again and put it as it was, with the query in force. A file whose bytes were handed over is gone with
 * the worker that had them: it is not among them, and `isLost` says so.
 */
export function deskCommandsOf(
  { desk }: Recollection,
  query: DeskQuery | null,
  nextId: () => number,
): { readonly commands: Command[]; readonly isLost: boolean } {
  const commands: Command[] = [];
  const { open, panels, watch, alarms } = desk;
  const isLost = open?.source.kind === 'file' && isBytes(open.source.content);
  if (watch) commands.push({ ...watch, requestId: nextId() });
  if (panels) commands.push({ ...panels, requestId: nextId() });
  if (alarms) commands.push({ ...alarms, requestId: nextId() });
  if (open && !isLost) commands.push({ ...open, requestId: nextId() });
  if (query) commands.push({ kind: 'desk-query', requestId: nextId(), query });
  return { commands, isLost };
}

/** Bytes are transferred, once; a `File` can be handed over again. */
export const isBytes = (content: object): content is ArrayBuffer => Object.prototype.toString.call(content) === '[object ArrayBuffer]';
