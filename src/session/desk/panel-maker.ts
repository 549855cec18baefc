/**
 * The panels at their own pace: totals and counts every half second, each wished-for panel when its turn comes, one slice at a time so
 * that no tick waits for them. Rule DM-14.
 */
import type { DeskPanel, DeskPanelsFrame, DeskPanelsWish, DeskTotals, DeskWork } from './messages.ts';
import type { Job } from './names.ts';
import { keySource, type OpenDesk } from './opened.ts';
import { concentrationPanel, countShownStates, distributionPanel, everyone, openInterestPanel, skewPanel, whalesPanel } from './panels.ts';
import { StateHistory } from './state-history.ts';
import { totals } from './totals.ts';
import type { FigureSource } from './window.ts';

/** Panels cross the border at most twice a second. */
export const PANELS_INTERVAL_MS = 500;

/** Accounts up to which a costly panel keeps the pace; beyond, it comes as much more seldom as there are more. */
const QUICK_ACCOUNTS = 200_000;

/** Panels that take longer than a few milliseconds at a million accounts, by how many intervals they rest there. */
const REST: Readonly<Record<DeskPanel, number>> = {
  states: 0,
  leverage: 1,
  marginRatio: 1,
  whales: 1,
  skew: 2,
  openInterest: 2,
  concentration: 4,
  ladder: 4,
};

type Parts = Omit<DeskPanelsFrame, 'kind' | 'bookSequence' | 'clockMs' | 'totals' | 'stateCounts' | 'work'>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class PanelMaker {
  readonly history = new StateHistory();
  private readonly open: OpenDesk;
  private readonly figures: FigureSource;
  private readonly everyone: Uint8Array;
  private wish: DeskPanelsWish | null = null;
  /** Panels that a change of the wish made due at once. */
  private readonly urgent = new Set<DeskPanel>();
  private round = 0;
  private readonly lastRound = new Map<DeskPanel, number>();

  constructor(open: OpenDesk, figures: FigureSource) {
    this.open = open;
    this.figures = figures;
    this.everyone = everyone(open.kernel.columns.accountCapacity);
  }

  /** What is on screen from now on; what newly is, or is asked otherwise, comes with the next round. */
  take(wish: DeskPanelsWish): void {
    const before = this.wish;
    for (const panel of wish.visible) {
      const isOther =
        !before?.visible.includes(panel) ||
        (panel === 'ladder' &&
          (before.ladderMarket !== wish.ladderMarket ||
            before.ladderStep !== wish.ladderStep ||
            before.ladderRungs !== wish.ladderRungs)) ||
        (panel === 'whales' && before.whales !== wish.whales);
      if (isOther) this.urgent.add(panel);
    }
    this.wish = wish;
  }

  /** One round: the frame that it ends with. */
  *make(clockMs: number, work: DeskWork): Job<DeskPanelsFrame> {
    const due = this.due();
    if (due.size > 0) this.figures.refreshAll();
    const stateCounts = countShownStates(keySource(this.open, clockMs));
    this.history.add(clockMs, stateCounts);
    const parts: Writable<Parts> = {};
    for (const panel of due) {
      yield;
      yield* this.fill(panel, parts, clockMs);
    }
    return {
      kind: 'desk-panels',
      bookSequence: this.open.sequence,
      clockMs,
      totals: totalsOf(this.open),
      stateCounts,
      work,
      ...parts,
    };
  }

  private due(): Set<DeskPanel> {
    const { count } = this.open.kernel.columns;
    const slowness = Math.max(1, Math.ceil(count / QUICK_ACCOUNTS));
    this.round++;
    const due = new Set<DeskPanel>();
    for (const panel of this.wish?.visible ?? []) {
      const rest = slowness === 1 ? 0 : REST[panel] * (slowness - 1);
      const last = this.lastRound.get(panel) ?? Number.NEGATIVE_INFINITY;
      if (!this.urgent.has(panel) && this.round - last <= rest) continue;
      due.add(panel);
      this.lastRound.set(panel, this.round);
    }
    this.urgent.clear();
    return due;
  }

  private *fill(panel: DeskPanel, parts: Writable<Parts>, clockMs: number): Job<undefined> {
    const source = keySource(this.open, clockMs);
    const { scratch, groups } = this.open;
    const wish = this.wish!;
    switch (panel) {
      case 'states':
        parts.states = this.history.columns();
        return undefined;
      case 'leverage':
      case 'marginRatio':
        parts[panel] = distributionPanel(source, panel, scratch);
        return undefined;
      case 'concentration':
        parts.concentration = yield* concentrationPanel(source, this.everyone, scratch);
        return undefined;
      case 'openInterest':
        parts.openInterest = yield* openInterestPanel(source, groups, this.everyone);
        return undefined;
      case 'skew':
        parts.skew = yield* skewPanel(source, this.everyone);
        return undefined;
      case 'whales':
        parts.whales = whalesPanel(source, wish.whales, scratch, this.figures.refreshRows);
        return undefined;
      case 'ladder':
        parts.ladder = yield* this.figures.ladder(wish.ladderMarket, wish.ladderStep, wish.ladderRungs);
        return undefined;
    }
  }
}

/** The whole book from sums by slot, and pools without a linear form from the exact engine. */
function totalsOf({ kernel }: OpenDesk): DeskTotals {
  const { equity, notional, maintenance, unknownPools } = totals(kernel);
  return {
    equity,
    grossNotional: notional,
    maintenance,
    leverage: equity > 0 ? notional / equity : Number.NaN,
    marginRatio: equity > 0 ? maintenance / equity : Number.NaN,
    unknownPools,
  };
}
