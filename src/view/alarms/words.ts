/** Alarms in words: what is the matter, what raised it, what would end it. Rounded against the user, like every figure. */
import type { AlarmOutlook, AlarmSaid, AlarmSubject, AlarmsFrame, EndedAlarm, StandingAlarm } from '../../store/types.ts';
import { formatDistance, formatFixed, formatHealthFactor, formatLeverage, formatPercent, formatRatio } from '../format/number.ts';
import { STATE_WORDS, severityOf } from '../format/words.ts';

type Rule = AlarmOutlook['rules'][number];
export type MeasureName = Rule['measure'];

export const MEASURE_WORDS: Readonly<Record<MeasureName, string>> = {
  marginRatio: 'margin ratio',
  healthFactor: 'health factor',
  leverage: 'leverage',
  liquidationDistance: 'distance to liquidation',
  sigmaDistance: 'distance in σ of a day',
  liquidationProbability24h: 'probability of liquidation within 24 h',
  marginExcess: 'buffer',
  feed: 'feed',
  pegGap: 'gap to the peg',
  collateralGap: 'gap of mark and index',
  reproduction: 'R of the loaded book',
};

/** Measures that are worse the lower they are: shown rounded down. */
const DOWN: ReadonlySet<MeasureName> = new Set<MeasureName>(['healthFactor', 'liquidationDistance', 'sigmaDistance', 'marginExcess']);

/** A value of a measure; '' stands for none. */
export function measureText(measure: MeasureName, text: string): string {
  if (text === '') return 'none';
  switch (measure) {
    case 'marginRatio':
      return formatRatio(text);
    case 'healthFactor':
      return formatHealthFactor(text);
    case 'leverage':
      return formatLeverage(text, 'ceil');
    case 'liquidationDistance':
      return formatDistance(text);
    case 'sigmaDistance':
      return `${formatFixed(text, 2, 'floor')}\u202fσ`;
    case 'liquidationProbability24h':
      return formatPercent(text, 1, 'ceil');
    case 'marginExcess':
      return formatFixed(text, 2, 'floor');
    case 'pegGap':
    case 'collateralGap':
      return formatPercent(text, 2, 'ceil');
    case 'reproduction':
      return formatFixed(text, 2, 'ceil');
    case 'feed':
      return text;
  }
}

/** `cross pool of desk A`, `prices of BTC`, `R of Demo`. */
export const subjectText = ({ account, pool, market, system }: AlarmSubject): string =>
  system !== undefined
    ? `R of ${system}`
    : market === ''
      ? account === ''
        ? 'many accounts'
        : `${pool} of ${account}`
      : `prices of ${market}`;

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** `6.2 % from liquidation if all prices fall`; of a market that its prices are old. */
export function factText({ state, shock, values, market, rule, system }: StandingAlarm): string {
  const word = STATE_WORDS[state];
  if (system !== undefined)
    return `R is ${measureText('reproduction', values.reproduction ?? '')}: ${feedbackText(values.reproduction ?? '')}`;
  if (market !== '') return `${word}: ${gapOf(values, market) ?? `the prices of ${market} are too old to trust`}.`;
  if (rule === 'venue') return `${word}: the venue’s own boundary is passed.`;
  if (shock !== '') {
    const distance = formatDistance(shock.replace(/^[-−]/, ''));
    return `${word}: ${distance} from liquidation if all prices ${shock.startsWith('-') ? 'fall' : 'rise'} together.`;
  }
  return `${word}: margin ratio ${measureText('marginRatio', values.marginRatio ?? '')}.`;
}

/** The class from which prices are too old. */
const TOO_OLD = 2;

/** How far something held is from what it should be worth; undefined where its prices are too old, which is the matter then. */
function gapOf({ feed = '', pegGap = '', collateralGap = '' }: StandingAlarm['values'], market: string): string | undefined {
  if (Number(feed) >= TOO_OLD || pegGap + collateralGap === '') return undefined;
  return pegGap === ''
    ? `mark and index of ${market} are ${measureText('collateralGap', collateralGap)} apart`
    : `${market} is ${measureText('pegGap', pegGap)} off its peg`;
}

/** What R says, and no more than it says. */
const feedbackText = (reproduction: string): string => {
  if (reproduction === '') return 'it cannot be told now.';
  return Number(reproduction) >= 1
    ? 'liquidations of the loaded book would start more than themselves.'
    : `every dollar of forced selling would force ${measureText('reproduction', reproduction)} more. The loop gain of the loaded book, no forecast.`;
};

const outlookOf = (frame: AlarmsFrame, { account, pool, market, venue, system }: AlarmSubject): AlarmOutlook | undefined =>
  frame.outlook.find(
    (one) => one.account === account && one.pool === pool && one.market === market && one.venue === venue && one.system === system,
  );

/** What raised it, and where it ends. */
export function causeText(frame: AlarmsFrame, alarm: StandingAlarm): string {
  if (alarm.rule === 'venue') return 'Equity no longer covers what the venue requires.';
  const outlook = outlookOf(frame, alarm);
  const rule = outlook?.rules.find(({ id }) => id === alarm.rule);
  const old = alarm.knowledge === 'known' ? '' : ' Data is old or missing: nothing ends this alarm until it is back.';
  if (!rule) return `A margin call holds until it is cured.${old}`;
  const { measure, arm, clear, value } = rule;
  const ends = DOWN.has(measure) ? 'above' : 'below';
  const isBack = alarm.state !== 'healthy' && Number.isFinite(rule.endsInMs) ? ` Clear now: ends in ${spanText(rule.endsInMs)}.` : '';
  return `${capital(MEASURE_WORDS[measure])} is ${measureText(measure, value)}; the alarm stands at ${measureText(measure, arm)} and ends ${ends} ${measureText(measure, clear)}.${isBack}${old}`;
}

/** The deposit that ends it, rounded up. */
export function cureText({ deposit, unit, market, system, values }: StandingAlarm): string {
  if (system !== undefined) return 'The lever, under Stress, says whose deposit of how much would bring it down.';
  if (market !== '')
    return gapOf(values, market) ? 'It ends when the gap has stayed closed for long enough.' : 'It ends when fresh prices arrive.';
  if (deposit === '') return 'What deposit would end it is not known.';
  if (isNone(deposit)) return 'No deposit is needed: it ends when it has stayed clear for long enough.';
  return `Add ${formatFixed(deposit, 2, 'ceil')} ${unit} to this pool and it ends after its delay.`;
}

/** Where a margin call stands: how long is left by the clock of the prices, and what is still missing. */
export function callText(
  { status, deadlineMs, missing, asked }: NonNullable<StandingAlarm['call']>,
  clockMs: number,
  deadline: string,
  unit: string,
): string {
  const lacks =
    missing === ''
      ? 'What is missing is not known.'
      : isNone(missing)
        ? 'Nothing is missing.'
        : `${formatFixed(missing, 2, 'ceil')} ${unit} is missing.`;
  const of = Number.isFinite(asked) ? ` ${formatFixed(String(asked), 2, 'ceil')} ${unit} was asked.` : '';
  switch (status) {
    case 'open':
      return `Margin call: ${spanText(deadlineMs - clockMs)} left, until ${deadline}. ${lacks}${of}`;
    case 'met':
      return `Margin call met.${missing === '' || isNone(missing) ? '' : ' The alarm stands until its rules end.'}`;
    case 'partly-met':
      return `Margin call partly met at its deadline, ${deadline}. ${lacks}${of}`;
    case 'expired':
      return `Margin call expired, ${deadline}. ${lacks}${of}`;
    case 'overtaken':
      return `Margin call overtaken: the venue acts.${of}`;
  }
}

const isNone = (text: string): boolean => /^0*(\.0*)?$/.test(text);

/** A length of time, rounded to what it is read as: `45 s`, `12 min`, `1 h 5 min`. */
export function spanText(ms: number): string {
  if (!Number.isFinite(ms)) return 'none';
  const seconds = Math.ceil(Math.max(0, ms) / 1000);
  if (seconds < 120) return `${seconds}\u202fs`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes}\u202fmin`;
  return `${Math.floor(minutes / 60)}\u202fh ${minutes % 60}\u202fmin`;
}

const OUTCOME_WORDS: Readonly<Record<EndedAlarm['outcome'], string>> = {
  cured: 'ended',
  liquidated: 'liquidated',
  removed: 'position closed',
  left: 'left: the prices began anew',
};

/** The worst margin ratio of a passage; none where equity was used up: the ratio has no number there, and the last one before it would belittle it. */
export const worstRatioText = ({ worstState, worst }: Pick<EndedAlarm, 'worstState' | 'worst'>): string =>
  worstState === 'bankrupt' ? 'none' : measureText('marginRatio', worst.marginRatio ?? '');

export const outcomeText = ({ outcome }: EndedAlarm): string => OUTCOME_WORDS[outcome];

/** What is told of one event: `Warning: cross of desk A, from watch`. */
export const saidText = (said: AlarmSaid): string => {
  if (said.kind === 'flood') return said.to === 'healthy' ? 'The flood of alarms is over.' : 'A flood of alarms: they are told as one.';
  if (said.kind === 'call-end') return `Margin call of ${subjectText(said)} has ended: ${STATE_WORDS[said.to].toLowerCase()}.`;
  if (said.kind === 'escalation') return `Still ${STATE_WORDS[said.to].toLowerCase()}, not acknowledged: ${subjectText(said)}.`;
  return `${STATE_WORDS[said.to]}: ${subjectText(said)}, ${said.from === 'healthy' ? 'was healthy' : `was ${STATE_WORDS[said.from].toLowerCase()}`}.`;
};

/** Whether it is worth interrupting somebody: a step up to a warning or more, or the same said again. */
export const isUrgent = ({ kind, from, to }: AlarmSaid): boolean =>
  severityOf(to) >= severityOf('warning') && (kind === 'escalation' || severityOf(to) > severityOf(from));

/** What was told and not only kept, after `serial`; what was told in an earlier visit is not told again. */
export const toldAfter = (said: readonly AlarmSaid[], serial: number): AlarmSaid[] =>
  said.filter((one) => one.serial > serial && one.notice === 'due' && one.channel !== 'journal' && !one.isRepeat);
