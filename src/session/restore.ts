/**
 * What the page must remember to bring a fresh worker to where the last one stood (rule SE-31): the last book that was
 * taken, what was done to it since, the feed and its clock. Plain values; the client keeps one and replaces it.
 */
import type { Command, FeedSpec, SourceView, WhatIfSpec } from './protocol.ts';

type BookCommand = Extract<Command, { readonly kind: 'load' | 'load-demo' }>;
type ChangeCommand = Extract<Command, { readonly kind: 'edit' | 'select-account' }>;

export interface Recollection {
  readonly book: BookCommand | null;
  /** Accepted changes since the book was taken, in order. */
  readonly changes: readonly ChangeCommand[];
  readonly feed: FeedSpec | null;
  /** The feed's speed and clock in the last snapshot; NaN before one. */
  readonly speed: number;
  readonly clockMs: number;
}

export const NOTHING: Recollection = { book: null, changes: [], feed: null, speed: Number.NaN, clockMs: Number.NaN };

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
    case 'select-account':
      return { ...before, changes: [...before.changes, command] };
    case 'feed':
      return { ...before, feed: command.feed, speed: Number.NaN, clockMs: Number.NaN };
    default:
      return before;
  }
}

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
  if (memory.book) commands.push({ ...memory.book, requestId: nextId() });
  for (const change of memory.changes) commands.push({ ...change, requestId: nextId() });
  if (memory.feed) commands.push({ kind: 'feed', requestId: nextId(), feed: memory.feed });
  if (memory.feed && Number.isFinite(memory.clockMs)) commands.push({ kind: 'feed-seek', requestId: nextId(), timeMs: memory.clockMs });
  if (memory.feed && Number.isFinite(memory.speed)) commands.push({ kind: 'feed-speed', speed: memory.speed });
  if (whatIf) commands.push({ kind: 'what-if', requestId: nextId(), spec: whatIf });
  return commands;
}
