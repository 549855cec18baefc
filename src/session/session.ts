/**
 * The running book as a function: (state, input, context) → (state, frames). Pure: the same inputs with the same times give the
 * same frames, in a test, in Node and in the worker. `computeMs` of a frame is 0 here; whoever holds a clock stamps it. Rules SE-1…SE-24.
 */
import type { Account, Book } from '../domain/book.ts';
import { InputError, refuse } from '../domain/fault.ts';
import { explain } from '../engine/explain/explain.ts';
import { writeBook } from '../formats/leverage-book.ts';
import { instrumentColumns, marketColumns, NO_INSTRUMENTS, NO_MARKETS } from './columns.ts';
import { applyEdit } from './edits.ts';
import { aged, asChangedHere, isShown, refreshed, replaced } from './follow.ts';
import { EMPTY_HISTORY, historyColumns, sampleOf, withSample } from './history.ts';
import { staleLimits } from './inputs.ts';
import { gapViews } from './live/gaps.ts';
import { readAny } from './load.ts';
import { NO_PRICES, withTicks } from './prices.ts';
import type { AccountView, Frame, HostInput, SessionCommand, SessionInput, Snapshot, SourceView } from './protocol.ts';
import { EMPTY_STATE, initialKeys, type Loaded, type SessionState, selectedAccount, selectedKeys } from './state.ts';
import { accountView, movedAccount, type Running, runningAccount } from './view.ts';
import { editedBy, readMoves } from './what-if.ts';
import { workingView } from './working.ts';

export interface SessionContext {
  /** The caller's clock, ms since the epoch. Paces the history; prices have the feed's own. */
  readonly nowMs: number;
}

export interface SessionStep {
  readonly state: SessionState;
  readonly frames: readonly Frame[];
}

/** A session with nothing in it. */
export const emptySession = (): SessionState => EMPTY_STATE;

/** The history crosses the border at most this often: what the chart can draw. */
export const HISTORY_INTERVAL_MS = 500;

/** Runs one input. Never throws for anything a page or a file can send: what cannot be done is a `failed` frame and no change. */
export function step(state: SessionState, input: SessionInput, context: SessionContext): SessionStep {
  if (input.kind === 'feed-update') return { state: withFeed(state, input), frames: [] };
  if (input.kind === 'sample') return { state: sampled(state), frames: [] };
  if (input.kind === 'flush') return flushed(state, context);
  if (input.kind === 'take-book') return takeBook(state, input);
  if (input.kind === 'refresh-book') return refreshBook(state, input);
  if (input.kind === 'follow-age') return followAge(state, input);
  try {
    return command(state, input, context);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { state, frames: [{ kind: 'failed', requestId: input.requestId, faults: error.faults }] };
  }
}

function command(state: SessionState, input: SessionCommand, context: SessionContext): SessionStep {
  switch (input.kind) {
    case 'load':
      return load(state, input, context);
    case 'select-account':
      return select(state, input);
    case 'edit': {
      const loaded = asChangedHere(applyEdit(requireLoaded(state), input.edit));
      if (loaded.selected !== state.loaded?.selected) return turnTo(state, loaded, done(input.requestId));
      return edited(state, loaded, [done(input.requestId)]);
    }
    case 'what-if':
      return whatIf(state, input);
    case 'explain':
      return explained(state, input);
    case 'export':
      return { state, frames: [{ kind: 'exported', requestId: input.requestId, text: writeBook(requireLoaded(state).book) }] };
  }
}

/** SE-19a: a what-if of a cure is of the account as it was: it ends and says so. */
function edited(state: SessionState, loaded: Loaded, answer: readonly Frame[]): SessionStep {
  const { whatIf } = state;
  const isOver = (whatIf?.spec.edits?.length ?? 0) > 0;
  const ended = whatIf && isOver ? [whatIfFrame(whatIf.requestId, null, null)] : [];
  return { state: changed(state, { loaded, isCatalogDirty: true, ...(isOver ? { whatIf: null } : {}) }), frames: [...answer, ...ended] };
}

const done = (requestId: number): Frame => ({ kind: 'done', requestId });
const newHistory = { history: EMPTY_HISTORY, isHistoryDirty: true } as const;

/** The state with `change` in it, one version on, to be shown at the next flush. */
const changed = (state: SessionState, change: Partial<SessionState>): SessionState => ({
  ...state,
  ...change,
  bookVersion: state.bookVersion + 1,
  isDirty: true,
});

const requireLoaded = (state: SessionState): Loaded => state.loaded ?? refuse('', 'no book is loaded');

function load(state: SessionState, input: Extract<SessionCommand, { kind: 'load' }>, { nowMs }: SessionContext): SessionStep {
  const { book, faults } = readAny(input.text, input.meta, new Date(nowMs).toISOString());
  if (!book.accounts[0]) return refuse('/accounts', 'the book holds no account');
  return turnTo(state, loadedOf(input.name, book, book.accounts[0]), {
    kind: 'loaded',
    requestId: input.requestId,
    name: input.name,
    accountCount: book.accounts.length,
    faults,
  });
}

/** A book as loaded, showing `first`. */
const loadedOf = (name: string, book: Book, first: Account): Loaded => ({
  name,
  book,
  original: book,
  selected: first.id,
  keys: new Map([[first.id, initialKeys(first)]]),
  keySerial: 0,
  undo: [],
  redo: [],
});

function followAge(state: SessionState, { follows, isOld }: Extract<HostInput, { kind: 'follow-age' }>): SessionStep {
  const loaded = state.loaded && aged(state.loaded, follows, isOld);
  return { state: loaded && loaded !== state.loaded ? changed(state, { loaded }) : state, frames: [] };
}

/** An account of the desk, with the book that it needs (DM-16), or of an address. One that is shown already goes on (WL-9). */
function takeBook(state: SessionState, input: Extract<HostInput, { kind: 'take-book' }>): SessionStep {
  const { requestId, name, book, selected, follows } = input;
  const first = selected === undefined ? book.accounts[0] : book.accounts.find(({ id }) => id === selected);
  if (!first) throw new Error('a book of the desk or of an address holds no account');
  const followed = follows === undefined ? {} : { followed: { address: follows, left: '' } };
  if (follows === undefined || !isShown(state.loaded, first.id))
    return turnTo(state, { ...loadedOf(name, book, first), ...followed }, done(requestId));
  return edited(state, { ...replaced(state.loaded, name, book), ...followed }, [done(requestId)]);
}

/** The followed address was read again. */
function refreshBook(state: SessionState, { requestId, name, book, follows }: Extract<HostInput, { kind: 'refresh-book' }>): SessionStep {
  const answer = requestId === 0 ? [] : [done(requestId)];
  const loaded = state.loaded && refreshed(state.loaded, name, book, follows);
  if (!loaded || loaded === state.loaded) return { state, frames: answer };
  return loaded.book === state.loaded?.book ? { state: { ...state, loaded }, frames: answer } : edited(state, loaded, answer);
}

function select(state: SessionState, input: Extract<SessionCommand, { kind: 'select-account' }>): SessionStep {
  const before = requireLoaded(state);
  const account = before.book.accounts.find((candidate) => candidate.id === input.account);
  if (!account) return refuse('/account', `the book holds no account ${JSON.stringify(input.account.slice(0, 80))}`);
  if (account.id === before.selected) return { state, frames: [done(input.requestId)] };
  const keys = before.keys.has(account.id) ? before.keys : new Map(before.keys).set(account.id, initialKeys(account));
  return turnTo(state, { ...before, selected: account.id, keys }, done(input.requestId));
}

/** Another account is shown: the history begins anew, and a what-if of the last one ends and says so (SE-19). */
function turnTo(state: SessionState, loaded: Loaded, answer: Frame): SessionStep {
  const ended = state.whatIf ? [whatIfFrame(state.whatIf.requestId, null, null)] : [];
  return { state: changed(state, { loaded, whatIf: null, isCatalogDirty: true, ...newHistory }), frames: [answer, ...ended] };
}

/** Evaluates at once and stays: as long as it is set, every flush evaluates it again on the live book. */
function whatIf(state: SessionState, input: Extract<SessionCommand, { kind: 'what-if' }>): SessionStep {
  const { requestId, spec } = input;
  if (spec === null) return { state: { ...state, whatIf: null }, frames: [whatIfFrame(requestId, null, null)] };
  const account = whatIfView({ ...state, loaded: requireLoaded(state), whatIf: { requestId, spec } });
  return { state: { ...state, whatIf: { requestId, spec } }, frames: [whatIfFrame(requestId, spec, account)] };
}

const whatIfFrame = (requestId: number, spec: NonNullable<SessionState['whatIf']>['spec'] | null, account: AccountView | null): Frame => ({
  kind: 'what-if',
  requestId,
  spec,
  account,
  computeMs: 0,
});

function whatIfView(state: SessionState): AccountView | null {
  const { whatIf, loaded } = state;
  if (!whatIf || !loaded) return null;
  const running = runningAccount(editedBy(loaded, whatIf.spec), state);
  return accountView(movedAccount(running, readMoves(whatIf.spec)), state);
}

function explained(state: SessionState, input: Extract<SessionCommand, { kind: 'explain' }>): SessionStep {
  const { account, priced, rules } = runningAccount(requireLoaded(state), state);
  const { figure, pool, position } = input;
  const request = { figure, ...(pool === undefined ? {} : { pool }), ...(position === undefined ? {} : { position }) };
  const working = explain(account, priced.book, rules, request);
  if (!working) return refuse('/figure', `there is no figure ${JSON.stringify(figure.slice(0, 80))} there`);
  return { state, frames: [{ kind: 'working', requestId: input.requestId, working: workingView(working) }] };
}

/** Ticks overwrite; nothing is computed until the next flush. Trades stand in for marks only where history is replayed (SE-2). */
function withFeed(state: SessionState, input: Extract<HostInput, { kind: 'feed-update' }>): SessionState {
  const ticks = input.source.kind === 'replay' ? input.ticks : input.ticks.filter((tick) => tick.kind !== 'last');
  const { prices, refusedCount } = withTicks(input.restarted ? NO_PRICES : state.prices, ticks);
  const limits = staleLimits(input);
  const restart = input.restarted ? newHistory : {};
  return changed(state, { prices, source: withRefused(input.source, refusedCount), limits, ...restart });
}

const withRefused = (source: SourceView, refusedCount: number): SourceView =>
  refusedCount === 0 ? source : { ...source, status: { ...source.status, droppedCount: source.status.droppedCount + refusedCount } };

/** Takes the present into the history without showing it: for the instants that a long step passes over. */
const sampled = (state: SessionState): SessionState => {
  if (!state.loaded) return state;
  return withHistorySample(state, accountView(runningAccount(state.loaded, state), state));
};

/** A pause longer than the feed's own limit, or than two seconds at its speed, is a gap. */
function withHistorySample(state: SessionState, account: AccountView): SessionState {
  const { clockMs, speed } = state.source;
  if (!Number.isFinite(clockMs)) return state;
  const { cells, positions } = account;
  const sample = sampleOf(clockMs, cells.uniformShock.value, cells.marginRatio.value, positions.key, positions.liquidationDistance.value);
  const limitMs = state.limits.otherwiseMs;
  const gapMs = Math.max(Number.isFinite(limitMs) ? limitMs : 0, 2_000 * speed);
  return { ...state, history: withSample(state.history, sample, gapMs), isHistoryDirty: true };
}

/** One interval: assess once, sample once, and send what changed. Nothing changed: no frames. */
function flushed(state: SessionState, { nowMs }: SessionContext): SessionStep {
  const frames: Frame[] = [];
  let next = state;
  if (state.isDirty) {
    const running = state.loaded ? runningAccount(state.loaded, state) : null;
    const account = running ? accountView(running, state) : null;
    frames.push(snapshot(state, running, account));
    if (running && state.whatIf) frames.push(whatIfFrame(state.whatIf.requestId, state.whatIf.spec, whatIfView(state)));
    next = { ...(account ? withHistorySample(state, account) : state), isDirty: false, isCatalogDirty: false };
  }
  if (next.isHistoryDirty && next.loaded && nowMs - next.historySentMs >= HISTORY_INTERVAL_MS) {
    const history = historyColumns(next.history, selectedKeys(next.loaded));
    frames.push({ kind: 'history', bookVersion: next.bookVersion, history });
    next = { ...next, isHistoryDirty: false, historySentMs: nowMs };
  }
  return { state: next, frames };
}

function snapshot(state: SessionState, running: Running | null, account: AccountView | null): Snapshot {
  const { loaded, source } = state;
  const isFresh = state.isCatalogDirty && loaded !== null;
  return {
    kind: 'snapshot',
    bookVersion: state.bookVersion,
    sourceTimeMs: source.status.lastVenueTimeMs ?? Number.NaN,
    computeMs: 0,
    bookName: loaded?.name ?? '',
    asOf: loaded?.book.asOf ?? '',
    catalogUnchanged: !isFresh,
    accounts: isFresh ? loaded.book.accounts.map(({ id, label, venue }) => ({ id, label: label ?? '', venue })) : [],
    instruments: isFresh ? instrumentColumns(selectedAccount(loaded), loaded.book) : NO_INSTRUMENTS,
    selectedAccount: loaded?.selected ?? '',
    staleAfterMs: state.limits.otherwiseMs,
    account,
    ownClockMs: state.limits.ownClockMs ?? Number.NaN,
    markets: running ? marketColumns(running.account, running.priced, running.unit, state) : NO_MARKETS,
    source,
    gaps: loaded && source.kind === 'live' ? gapViews(selectedAccount(loaded), state.prices) : [],
    canUndo: (loaded?.undo.length ?? 0) > 0,
    canRedo: (loaded?.redo.length ?? 0) > 0,
  };
}
