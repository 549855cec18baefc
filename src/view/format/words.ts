/** Words for reasons, states and feeds: what the page says where there is no number, and beside every shape. */
import { REASONS, type Reason } from '../../domain/outcome.ts';
import type { FeedState } from '../../domain/tick.ts';
import type { RiskState } from '../../store/types.ts';

const SHORT_REASONS: Readonly<Record<Reason, string>> = {
  never: 'never',
  already: 'already past',
  'no-debt': 'no debt',
  'no-position': 'no position',
  'no-collateral': 'no collateral',
  'missing-mark': 'missing mark',
  'stale-mark': 'stale mark',
  'missing-tiers': 'missing margin table',
  'missing-threshold': 'missing threshold',
  insolvent: 'insolvent',
  'not-applicable': 'does not apply',
  'no-depth': 'no depth',
  unsupported: 'not modelled',
};

const isReason = (word: string): word is Reason => Object.hasOwn(REASONS, word);

/** A reason in at most three words. An unknown one is shown as it came: a word that is odd is better than an empty cell. */
export const shortReason = (reason: string): string => (isReason(reason) ? SHORT_REASONS[reason] : reason.replaceAll('-', ' '));

/** A reason as one sentence. */
export const longReason = (reason: string): string => (isReason(reason) ? REASONS[reason] : reason.replaceAll('-', ' '));

/** Why a position has no liquidation price; a long one is never liquidated because even a price of zero leaves enough. */
export const liquidationReason = (reason: string, side: string): string => {
  if (reason !== 'never') return shortReason(reason);
  return side === 'long' ? 'never: covered to zero' : 'never: at any price';
};

/** One word for each state; `call` is the margin call. */
export const STATE_WORDS: Readonly<Record<RiskState, string>> = {
  healthy: 'Healthy',
  watch: 'Watch',
  warning: 'Warning',
  'margin-call': 'Margin call',
  liquidation: 'Liquidation',
  bankrupt: 'Bankrupt',
  stale: 'Stale',
  indeterminate: 'Not known',
};

const SEVERITY: readonly RiskState[] = ['healthy', 'watch', 'warning', 'margin-call', 'liquidation', 'bankrupt'];

/** Position in order of severity; −1 for stale and indeterminate, which stand beside the order. */
export const severityOf = (state: RiskState): number => SEVERITY.indexOf(state);

export const FEED_WORDS: Readonly<Record<FeedState, string>> = {
  connecting: 'connecting',
  live: 'live',
  delayed: 'delayed',
  stale: 'stale',
  lost: 'lost',
  ended: 'ended',
};
