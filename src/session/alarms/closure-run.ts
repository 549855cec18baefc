/** Simulated closures as the session runs (CL-19 to CL-22, CL-37): whether they happen, which did, and what is undone where time is set back. */
import type { Account } from '../../domain/book.ts';
import { editsBetween } from '../../engine/cure/edits.ts';
import { closuresAfter } from '../edits.ts';
import { feedName } from '../journal/stream.ts';
import type { Edit } from '../protocol.ts';
import type { SessionState } from '../state.ts';
import { closeAll } from './closures.ts';
import type { ClosureView } from './cure-messages.ts';
import type { LookedAt } from './look.ts';

/** Feeds in which nothing real is at stake: only there the account goes on as the closure left it. */
const CLOSING: ReadonlySet<string> = new Set(['simulated', 'replay']);
const VIEWS_MAX = 20;
const KEPT =
  'time was set back before a simulated closure, but the account was changed by hand since: it stays as it is. Undo the changes to have it back';

/** A closure, or one undone: no money of the user's moves. */
export const isOfClosure = (edit: Edit): boolean => edit.kind === 'set-back' || (edit.kind === 'several' && edit.closed !== undefined);

const shownAccount = ({ loaded }: SessionState): Account | undefined => loaded?.book.accounts.find(({ id }) => id === loaded.selected);

export class ClosureRun {
  areOn = true;
  /** Of this stream, newest first. */
  views: readonly ClosureView[] = [];
  private edits: Edit[] = [];
  /** What the user is told at the next flush. */
  private notes: readonly string[] = [];
  /** Accounts as they were before a closure: one that was undone is not played again. */
  private closedFrom = new WeakSet<Account>();
  private readonly partialMs = new Map<string, number>();
  private isFirstFeed = true;

  lastPartialMs(account: string): number | undefined {
    return this.partialMs.get(account);
  }

  /** CL-19: what the venue would do to these pools of the account that is shown, once for the account as it stands. */
  close(state: SessionState, acting: readonly LookedAt[], clockMs: number): readonly ClosureView[] {
    const account = shownAccount(state);
    if (!account || !this.areOn || !CLOSING.has(state.source.kind) || this.closedFrom.has(account)) return [];
    const all = closeAll(acting, clockMs, this.partialMs.get(account.id));
    if (!all) return [];
    this.closedFrom.add(account);
    if (all.lastPartialMs !== undefined) this.partialMs.set(account.id, all.lastPartialMs);
    this.views = [...all.views, ...this.views].slice(0, VIEWS_MAX);
    this.edits.push({
      kind: 'several',
      edits: editsBetween(account, { ...all.inPlace, balances: all.account.balances }),
      note: 'simulated closure',
      closed: { feed: feedName(state.source), atMs: clockMs },
    });
    return all.views;
  }

  /** Another stream, or another account. */
  begin(): void {
    this.views = [];
    this.edits = [];
    this.closedFrom = new WeakSet();
    this.partialMs.clear();
  }

  /** A feed begins anew; `isBack`: the same one, its clock set back. */
  feedBegan(state: SessionState, isBack: boolean): void {
    if (isBack) this.setBack(state);
    if (this.isFirstFeed) this.takeUpUndone(state);
    this.isFirstFeed = false;
  }

  /** What a closure, or its undoing, does to the book, once. */
  takeEdit(): Edit | null {
    return this.edits.shift() ?? null;
  }

  takeNotes(): readonly string[] {
    const { notes } = this;
    this.notes = [];
    return notes;
  }

  /** CL-22. */
  private setBack({ loaded, source }: SessionState): void {
    if (!loaded) return;
    const later = { feed: feedName(source), toMs: source.clockMs };
    const { isSome, isKept } = closuresAfter(loaded, later);
    if (isKept) this.notes = [...this.notes, KEPT];
    if (isSome) this.edits.push({ kind: 'set-back', ...later });
  }

  /** CL-20: a closure that was undone before this engine was started, in place of one that stopped, is not played again either. */
  private takeUpUndone(state: SessionState): void {
    const account = shownAccount(state);
    if (account && state.loaded?.redo.at(-1)?.closed?.feed === feedName(state.source)) this.closedFrom.add(account);
  }
}
