/** Words of the page of addresses: states of reading, agreement with the venue, and changes of risk. */

import { addressKey } from '../../domain/account-sources.ts';
import type { AddressesFrame, AddressRow, DisagreementMeter, RiskState, WatchedAccountRow } from '../../store/types.ts';
import { plain } from '../desk/money.ts';
import { formatFixed, formatPercent } from '../format/number.ts';
import { formatAge } from '../format/time.ts';
import { longReason, STATE_WORDS, severityOf } from '../format/words.ts';

export const READING_WORDS: Readonly<Record<AddressRow['state'], string>> = {
  waiting: 'waiting',
  reading: 'reading',
  read: 'read',
  late: 'late',
  refused: 'refused',
};

/** What each reason of a difference means. The engine may know more reasons than these: an unknown one stands for itself. */
const REASON_SENTENCES: Readonly<Record<string, string>> = {
  rounding: 'The venue prints fewer digits than it computes with.',
  'unlisted requirements': 'The venue’s totals ask for more than its answer lists, such as open orders.',
  'open orders': 'The venue holds margin for open orders, which its answer does not list one by one.',
  'data is missing here': 'A price or a margin table is missing here, so ours has no number.',
  'one has no price': 'One of the two says that there is no such price, and the other states one.',
  tier: 'The venue reads another step of its margin table than we do at that price.',
  funding: 'Funding or interest that has accrued since the reading is in one of the two.',
  'price basis': 'The two are taken at different prices: mark, index or oracle, or of another moment.',
  'other moment': 'The two are of different moments: prices have moved in between.',
  'not explained': 'Nothing that we can see explains it. Trust the venue’s own figure until it is.',
};

export const reasonSentence = (reason: string): string => REASON_SENTENCES[reason] ?? `The reading gives as reason: ${reason}.`;

const FIGURE_NAMES: Readonly<Record<string, string>> = {
  equity: 'Equity',
  maintenanceMargin: 'Maintenance margin',
  initialMargin: 'Initial margin',
  freeCollateral: 'Free collateral',
  marginRatio: 'Margin ratio',
  healthFactor: 'Health factor',
  leverage: 'Leverage',
  liquidationPrice: 'Liquidation price',
  withdrawable: 'Withdrawable',
  unrealizedPnl: 'Unrealized profit',
};

/** `liquidationPrice` → `Liquidation price`. */
export const figureName = (figure: string): string =>
  FIGURE_NAMES[figure] ?? `${figure[0]?.toUpperCase() ?? ''}${figure.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;

/** Up to here two figures are the same (DG-1): how much less says nothing. */
const SAME = 1e-6;

/** A relative gap as per cent, rounded up: `0.012 %`; without one, in words. */
export const gapText = (gap: number): string => {
  if (!Number.isFinite(gap)) return 'no figure';
  const size = Math.abs(gap);
  return size > 0 && size <= SAME ? '<\u202f0.0001\u202f%' : formatPercent(plain(size), 1, 'ceil');
};

/** A signed gap: `+0.012 %`, `−3.1 %`, `0 %`. */
export const signedGap = (gap: number): string =>
  !Number.isFinite(gap)
    ? 'no gap to state'
    : gap === 0
      ? '0\u202f%'
      : Math.abs(gap) <= SAME
        ? gapText(gap)
        : `${gap < 0 ? '\u2212' : '+'}${gapText(gap)}`;

const decimalsOf = (text: string): number => /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
const DECIMALS_MAX = 12;

/** Ours with the places that the venue prints, four at least: thirty digits say no more. Every digit stands behind it. */
export const oursText = (ours: string, theirs: string): string =>
  ours === ''
    ? 'none'
    : formatFixed(
        ours,
        Math.min(decimalsOf(ours), DECIMALS_MAX, Math.max(4, theirs === '' ? DECIMALS_MAX : decimalsOf(theirs))),
        'halfExpand',
      );

export interface Agreement {
  readonly shown: string;
  readonly full: string;
  readonly isWhole: boolean;
}

/** `8 of 8 agree`, or the worst difference with its reason. */
export function agreementOf({ stated, agreeing, worst }: Pick<WatchedAccountRow, 'stated' | 'agreeing' | 'worst'>): Agreement {
  if (stated === 0)
    return {
      shown: 'none stated',
      full: 'The venue states no figures of its own for this account, so there is nothing to compare.',
      isWhole: false,
    };
  const count = `${agreeing} of ${stated} agree`;
  if (!worst) return { shown: count, full: `Every figure that the venue states is the same here: ${count}.`, isWhole: agreeing === stated };
  const gap = Number.isFinite(worst.gap) ? `${gapText(worst.gap)} apart` : 'has no figure on one side';
  return {
    shown: Number.isFinite(worst.gap) ? `${count}, ${gapText(worst.gap)}` : count,
    full: `${count}. Worst: ${figureName(worst.figure).toLowerCase()} ${gap}, ${worst.reason}. ${reasonSentence(worst.reason)}`,
    isWhole: false,
  };
}

/** One sentence on the whole list. */
export function meterSentence({ compared, agreeing, medianGap, worstGap }: DisagreementMeter): string {
  if (compared === 0) return 'No venue has stated a figure of its own yet: nothing is compared.';
  const share = `${agreeing.toLocaleString('en-US')} of ${compared.toLocaleString('en-US')} figures that the venues state are the same here`;
  if (!Number.isFinite(medianGap)) return `${share}.`;
  if (worstGap <= SAME) return `${share}, none more than 0.0001\u202f% apart.`;
  return `${share}; half are ${gapText(medianGap)} apart or less, the worst is ${gapText(worstGap)} apart.`;
}

/** `missing-mark hl:BTC` → `hl:BTC: the price it depends on is not known`. */
export const indeterminateText = (text: string): string => {
  const [reason = '', ...subject] = text.split(' ');
  return subject.length === 0 ? longReason(reason) : `${subject.join(' ')}: ${longReason(reason)}`;
};

/** When what is shown of an account was so, by whichever clock says the older: the venue's, or ours when it answered. */
export const takenMs = (account: Pick<WatchedAccountRow, 'asOfMs'>, row: Pick<AddressRow, 'readMs'> | undefined): number => {
  const times = [account.asOfMs, row?.readMs ?? Number.NaN].filter((ms) => !Number.isNaN(ms));
  return times.length === 0 ? Number.NaN : Math.min(...times);
};

const OLD_MS = 300_000;

/** Of more than five minutes ago by the venue's own time when it came, as the engine has it (WL-8); or asked for longer ago than that, whatever the engine says. */
export const isOld = (account: Pick<WatchedAccountRow, 'asOfMs'>, row: AddressRow | undefined, nowMs: number): boolean =>
  row !== undefined && (row.readMs - account.asOfMs > OLD_MS || (!row.isPushed && nowMs - row.readMs > OLD_MS));

/** Why the figures of an account are not to be trusted now; '' while they are. An alarm that is old is still an alarm, and its figures are old. */
export function staleWhy(account: WatchedAccountRow, row: AddressRow | undefined, trouble: string, hasAged: boolean): string {
  if (trouble !== '') return trouble;
  if (!row) return 'its address is no longer read';
  if (row.state === 'refused' || row.state === 'late')
    return row.why || (row.state === 'late' ? 'the reading is late' : 'it cannot be read');
  if (hasAged) return 'the reading is of more than five minutes ago';
  return account.riskState === 'stale' ? 'its prices or its reading are too old' : '';
}

/** `40 read, 2 refused`. */
export function readingCounts(rows: readonly AddressRow[]): string {
  const counts = (['refused', 'late', 'waiting', 'reading', 'read'] as const).flatMap((state) => {
    const count = rows.filter((row) => row.state === state).length;
    return count === 0 ? [] : [`${count} ${READING_WORDS[state]}`];
  });
  return counts.join(', ');
}

/** When it is asked next, in words. */
export const nextText = (row: AddressRow, nowMs: number): string => {
  if (row.isPushed) return row.state === 'read' ? 'told at once' : '';
  if (Number.isNaN(row.nextMs)) return '';
  return row.nextMs <= nowMs ? 'due' : `next in ${formatAge(row.nextMs - nowMs)}`;
};

export const nameOf = (
  account: Pick<WatchedAccountRow, 'source' | 'address'>,
  labels: ReadonlyMap<string, string>,
  short: string,
): string => labels.get(addressKey(account)) || short;

/** The changes of risk state between two frames as one polite sentence; '' without any. What has no row before or after is not news. */
export function changeSentence(
  before: AddressesFrame | null,
  after: AddressesFrame | null,
  name: (row: WatchedAccountRow) => string,
): string {
  if (!before || !after || before === after) return '';
  const states = new Map<string, RiskState>(before.accounts.map((row) => [row.account, row.riskState]));
  const changed = after.accounts.filter((row) => (states.get(row.account) ?? row.riskState) !== row.riskState);
  const [worst] = [...changed].sort((a, b) => severityOf(b.riskState) - severityOf(a.riskState));
  if (!worst) return '';
  const one = `${name(worst)}, ${worst.venueName}: ${STATE_WORDS[worst.riskState].toLowerCase()}, was ${STATE_WORDS[states.get(worst.account)!].toLowerCase()}`;
  return changed.length === 1 ? `${one}.` : `${changed.length} accounts changed state. ${one}.`;
}
