/** The desk's part of the state before the desk is there, and after its engine is gone: all of it that the first load holds. */
import type { DeskState } from './types.ts';

/** An address that begins so names a view of the desk. */
export const DESK_LINK_PREFIX = 'desk/1';

/** Whether the text asks for the desk at all. */
export const isDeskLink = (text: string): boolean => text === DESK_LINK_PREFIX || text.startsWith(`${DESK_LINK_PREFIX}?`);

/** Whether the text was meant to name a view, of this version or of another. */
export const isMeantForDesk = (text: string): boolean => /^desk[/?]/.test(text);

export const INITIAL_DESK: DeskState = {
  isOnScreen: false,
  book: null,
  coverage: null,
  progress: null,
  opened: null,
  source: null,
  query: {
    filter: { states: [], venues: [], markets: [], side: 'any', ranges: [], rung: null, text: '', watchedOnly: false },
    sort: [{ column: 'marginRatio', falling: true }],
    window: { from: 0, count: 60 },
    freeze: false,
    columns: [],
  },
  window: null,
  wish: { visible: [], ladderMarket: '', ladderStep: 0.01, ladderRungs: 20, whales: 10 },
  panels: null,
  alarms: null,
  watched: [],
  views: [],
};

/** The desk after its engine is gone: what was asked stays, what was shown does not. */
export const deskWithoutEngine = (desk: DeskState): DeskState => ({
  ...desk,
  book: null,
  coverage: null,
  progress: null,
  window: null,
  panels: null,
  alarms: null,
});
