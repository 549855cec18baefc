/** The running book. Plain and immutable: every input makes a new state, the old one stays as it was. */
import type { Account, Book } from '../domain/book.ts';
import { EMPTY_HISTORY, type History } from './history.ts';
import { NO_LIMITS, type StaleLimits } from './inputs.ts';
import { type LivePrices, NO_PRICES } from './prices.ts';
import { type ClosedAt, NO_SOURCE, type SourceView, type WhatIfSpec } from './protocol.ts';

/** One step of the undo or redo list: where it leads, a book and the keys of its positions. Structure is shared, not copied. */
export interface Saved {
  /** The step is a simulated closure, taken back or done again. */
  readonly closed?: ClosedAt;
  readonly book: Book;
  readonly keys: PositionKeys;
  readonly selected: string;
}

/** Account id → one key per position, in the account's order (rule SE-9). Accounts never selected have no entry. */
export type PositionKeys = ReadonlyMap<string, readonly string[]>;

/** A watched address, and why the book that came from it does not follow it any more; '' while it does. */
export interface Followed {
  readonly address: string;
  readonly left: string;
  /** It is not read within its limit, or cannot be read. */
  readonly isOld?: boolean;
}

export interface Loaded {
  readonly name: string;
  /** As loaded and edited by hand, at its own marks: prices of a feed never enter it (rule SE-5). */
  readonly book: Book;
  /** As loaded: where a simulation starts from. */
  readonly original: Book;
  /** Id of the account that is shown. */
  readonly selected: string;
  readonly keys: PositionKeys;
  /** Numbers the keys of positions that are added. */
  readonly keySerial: number;
  readonly undo: readonly Saved[];
  readonly redo: readonly Saved[];
  /** Absent: the book is nobody's address. */
  readonly followed?: Followed;
}

export interface SessionState {
  readonly loaded: Loaded | null;
  readonly prices: LivePrices;
  readonly source: SourceView;
  readonly limits: StaleLimits;
  readonly history: History;
  /** Caller's clock when the history last crossed the border. */
  readonly historySentMs: number;
  readonly whatIf: { readonly requestId: number; readonly spec: WhatIfSpec } | null;
  readonly bookVersion: number;
  /** What the page has not been shown yet. */
  readonly isDirty: boolean;
  readonly isCatalogDirty: boolean;
  readonly isHistoryDirty: boolean;
}

export const EMPTY_STATE: SessionState = {
  loaded: null,
  prices: NO_PRICES,
  source: NO_SOURCE,
  limits: NO_LIMITS,
  history: EMPTY_HISTORY,
  historySentMs: Number.NEGATIVE_INFINITY,
  whatIf: null,
  bookVersion: 0,
  isDirty: false,
  isCatalogDirty: false,
  isHistoryDirty: false,
};

/** The account that is shown. */
export const selectedAccount = (loaded: Loaded): Account => {
  const account = loaded.book.accounts.find((candidate) => candidate.id === loaded.selected);
  if (!account) throw new Error(`the selected account ${loaded.selected} is not in the book`);
  return account;
};

/** The keys of the selected account's positions: `hl:BTC#0` for the first as loaded, `hl:ETH+3` for the third ever added. */
export const selectedKeys = (loaded: Loaded): readonly string[] => loaded.keys.get(loaded.selected) ?? initialKeys(selectedAccount(loaded));

export const initialKeys = (account: Account): readonly string[] => account.positions.map(({ instrument }, i) => `${instrument}#${i}`);
