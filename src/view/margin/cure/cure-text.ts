/** Cures and closures in words. Amounts are exact: each suffices as it is written, so none is rounded. */
import type { ClosureView, CureGoal, CuresFrame, CureView } from '../../../store/types.ts';
import { formatExact, formatHealthFactor, formatPercent, formatRatio } from '../../format/number.ts';

export type GoalKind = 'watch' | 'warning' | 'margin-call' | Exclude<CureGoal['kind'], 'clear'>;

export const GOAL_WORDS: Readonly<Record<GoalKind, string>> = {
  watch: 'Healthy: every alarm ends',
  warning: 'No warning',
  'margin-call': 'No margin call',
  'margin-ratio': 'Margin ratio at most',
  distance: 'Distance at least, %',
  leverage: 'Leverage at most',
  'margin-excess': 'Buffer in money at least',
  'health-factor': 'Health factor at least',
};

/** What a level begins with when it is first asked for. */
export const FIRST_LEVELS: Readonly<Record<Exclude<CureGoal['kind'], 'clear'>, string>> = {
  'margin-ratio': '0.3',
  distance: '20',
  leverage: '5',
  'margin-excess': '1000',
  'health-factor': '1.5',
};

export const hasLevel = (kind: GoalKind): kind is Exclude<CureGoal['kind'], 'clear'> => kind in FIRST_LEVELS;

/** A per cent is typed, a fraction is asked for: two places to the left, in the text itself. */
const fractionOf = (percent: string): string => {
  const found = /^\s*(-?)(\d*)\.?(\d*)\s*$/.exec(percent);
  if (!found) return percent;
  const [, sign = '', whole = '', rest = ''] = found;
  const digits = whole.padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}${rest}`;
};

export const goalOf = (kind: GoalKind, level: string): CureGoal =>
  hasLevel(kind) ? { kind, level: kind === 'distance' ? fractionOf(level) : level.trim() } : { kind: 'clear', severity: kind };

const TITLES: Readonly<Record<CureView['kind'], string>> = {
  deposit: 'Deposit',
  repay: 'Repay',
  transfer: 'Move from the cross pool',
  reduce: 'Reduce',
  'reduce-all': 'Reduce everything',
  hedge: 'Hedge',
  'sell-and-repay': 'Sell and repay',
};

export const isNothing = (cure: CureView): boolean => cure.why === '' && cure.edits.length === 0;

/** `Reduce hl:BTC by 0.35`. */
export function cureTitle(cure: CureView): string {
  const { kind, subject, amount, why } = cure;
  const title = TITLES[kind];
  const isWhole = kind === 'reduce-all' || kind === 'hedge';
  if (why !== '' || isNothing(cure)) return isWhole || subject === '' ? title : `${title} ${subject}`;
  if (kind === 'reduce-all') return `${title} by ${formatPercent(amount, 2, 'ceil')}`;
  if (kind === 'hedge') return 'Hedge along the most dangerous direction';
  if (kind === 'reduce') return `Reduce ${subject} by ${formatExact(amount)}`;
  return `${title} ${formatExact(amount)} ${subject}`;
}

/** What it costs, what is traded, and which pool it makes worse; or why it cannot work. */
export function cureDetails(cure: CureView): string[] {
  if (cure.why !== '') return [`Cannot work: ${cure.why}.`];
  if (isNothing(cure)) return ['Not needed: the target is met already.'];
  const lines: string[] = [];
  if (cure.kind === 'hedge' || cure.kind === 'reduce-all')
    lines.push(
      cure.trades
        .map(({ instrument, change }) => `${change.startsWith('-') ? 'sell' : 'buy'} ${formatExact(change.replace('-', ''))} ${instrument}`)
        .join(', '),
    );
  if (cure.cost !== '') lines.push(`Fees of ${formatExact(cure.cost)} ${cure.costAsset}.`);
  for (const { pool, before, after, falls } of cure.worsens)
    lines.push(
      falls
        ? `It would have pool ${pool} liquidated.`
        : `It makes pool ${pool} worse: margin ratio ${before === '' ? 'none' : formatRatio(before)} to ${after === '' ? 'none' : formatRatio(after)}.`,
    );
  return lines;
}

/** The toxic region in plain words. */
export const toxicTexts = ({ toxic }: CuresFrame): string[] =>
  toxic.map(({ asset, healthFactorBelow, isInside }) =>
    isInside
      ? `A liquidation that takes ${asset} makes this loan worse, not better: below a health factor of ${formatHealthFactor(healthFactorBelow)} more safety is taken with the collateral than comes back with the debt. It is there now. Money from outside always helps.`
      : `Below a health factor of ${formatHealthFactor(healthFactorBelow)} every liquidation that takes ${asset} makes the loan worse.`,
  );

const END_WORDS: Readonly<Record<ClosureView['end'], string>> = {
  'not-liquidatable': 'The venue would not touch it.',
  healthy: 'What is left is safe.',
  empty: 'Everything is closed, nothing is owed.',
  'taken-over': 'Positions and margin are taken over; nothing comes back.',
  bankrupt: 'Everything is closed, and somebody else bears what is missing.',
  stopped: 'The procedure can do no more at these prices.',
  unknown: 'Something it depends on is not known.',
};

export const endText = ({ end, why }: ClosureView): string => `${END_WORDS[end]}${why === '' ? '' : ` (${why})`}`;

/** `if all prices fell together by 12.3 %`. */
export const moveText = ({ move }: ClosureView): string =>
  Number(move) === 0
    ? 'at the prices that held'
    : `if all prices ${move.startsWith('-') ? 'fell' : 'rose'} together by ${formatPercent(move.replace('-', ''), 2, 'ceil')} now`;
