/** An alarm as one line of JSON, in the order and words of the command line's contract; what goes beyond it stands behind (rule WA-8). */
import type { Figure } from '../../domain/outcome.ts';
import { Decimal } from '../../domain/units.ts';
import { decimalText } from '../../formats/assessment-json.ts';
import { type AlarmEvent, type FloodEvent, rankOf } from '../../policy/alarms/events.ts';
import { groupsOver } from '../../policy/alarms/group.ts';
import type { AlarmRule, AlarmRules } from '../../policy/alarms/rules.ts';
import { scopesOf } from '../../policy/alarms/scope.ts';
import { cureDeposit } from './cure-deposit.ts';
import type { ClosureView } from './cure-messages.ts';
import type { LookedAt } from './look.ts';
import type { Watched } from './watcher.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What is printed, without its line break. Numbers are decimal text; one that is not there is `null` with the reason beside it. */
export function eventFields(event: AlarmEvent, looked: Watched['looked'], rules: AlarmRules, closure?: ClosureView): Fields {
  const { subject } = event;
  const isPool = subject.kind === 'pool';
  return {
    id: event.id,
    episode: event.episode.id,
    account: isPool ? subject.account : null,
    pool: isPool ? subject.pool : null,
    rule: event.rule,
    from: event.from,
    to: event.to,
    at: new Date(event.atMs).toISOString(),
    ...figure('marginRatio', looked?.pool.marginRatio),
    ...figure('liquidationDistance', looked?.pool.uniformShock, true),
    cure: cureFields(event, looked, rules),
    kind: event.kind,
    notice: event.notice,
    knowledge: event.knowledge,
    venue: subject.venue,
    ...(subject.kind === 'market' ? { market: subject.market } : {}),
    ...(event.values.sigmaDistance === undefined ? {} : { sigmaDistance: event.values.sigmaDistance }),
    ...(event.values.liquidationProbability24h === undefined ? {} : { liquidationProbability24h: event.values.liquidationProbability24h }),
    ...(closure ? { closure: closureFields(closure) } : {}),
    ...(event.episode.call ? { call: { status: event.episode.call.status, deadline: instant(event.episode.call.deadlineMs) } } : {}),
  };
}

/** CL-21: what the venue would do, simulated. */
const closureFields = ({ end, steps, fees, positionsAfter, balancesAfter }: ClosureView): Fields => ({
  simulated: true,
  end,
  fills: steps.flatMap(({ fills }) => fills.map(({ instrument, change, price, fee }) => ({ instrument, change, price, fee }))),
  fees: Object.fromEntries(fees.map(({ asset, amount }) => [asset, amount])),
  positions: positionsAfter.map(({ name, amount }) => ({ instrument: name, size: amount })),
  balances: balancesAfter.map(({ name, amount }) => ({ asset: name, amount })),
});

const instant = (timeMs: number): string => new Date(timeMs).toISOString();

function figure(name: string, outcome: Figure | undefined, isSize = false): Fields {
  if (outcome?.ok) return { [name]: decimalText(isSize ? outcome.value.abs() : outcome.value) };
  return { [name]: null, [`${name}Reason`]: outcome?.reason ?? 'not-applicable' };
}

/**
 * Smallest deposit that takes the pool back to where this alarm clears, by the rule that raised it; where another brought the event about
 * (an escalation, a step down), by the rule of that severity, of those the pool is under, that asks for most. A margin call holds until
 * the ratio that cures one, so that is asked for as well. None is needed once it has cleared.
 */
function cureFields(event: AlarmEvent, looked: Watched['looked'], rules: AlarmRules): Fields {
  if (event.to === 'healthy') return { deposit: '0' };
  if (!looked) return NO_DEPOSIT;
  const isUp = rankOf(event.to) > rankOf(event.from);
  const raising = rules.rules.filter(({ id }) => isUp && id === event.rule);
  const asking = raising.length > 0 ? raising : rulesOver(event, looked, rules).filter(({ severity }) => severity === event.to);
  const causes = asking.length === 0 || event.to === 'margin-call' ? ([...asking, 'venue'] as const) : asking;
  const deposits = causes.flatMap((cause) => cureDeposit(cause, looked, rules) ?? []);
  return deposits.length > 0 ? { deposit: decimalText(Decimal.max(...deposits)) } : NO_DEPOSIT;
}

/** The rules that the pool is under. */
function rulesOver({ subject }: AlarmEvent, { account, priced }: LookedAt, rules: AlarmRules): readonly AlarmRule[] {
  const isInGroup = groupsOver(() => ({ account, instruments: priced.book.instruments }));
  return scopesOf(rules, isInGroup)(subject).map((index) => rules.rules[index] as AlarmRule);
}

const NO_DEPOSIT: Fields = { deposit: null, depositReason: 'not-applicable' };

/** Many alarms told as one, for a receiver of notices. */
export const floodFields = ({ id, phase, atMs, counts, atRisk, ranked }: FloodEvent): Fields => ({
  id,
  rule: 'flood',
  phase,
  at: instant(atMs),
  counts,
  atRisk: String(atRisk),
  ranked: ranked.map(({ subject, state, atRisk: money }) => ({
    ...(subject.kind === 'pool'
      ? { account: subject.account, pool: subject.pool }
      : subject.kind === 'market'
        ? { market: subject.market }
        : {}),
    state,
    atRisk: String(money),
  })),
});
