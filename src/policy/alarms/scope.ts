/** Which rules a subject is under (rule AL-1). */
import type { Subject } from './events.ts';
import { type AlarmRule, type AlarmRules, isMarketMeasure, type Measure } from './rules.ts';

const kindOf = (measure: Measure): Subject['kind'] =>
  isMarketMeasure(measure) ? 'market' : measure === 'reproduction' ? 'system' : 'pool';

/** AL-1: `feed` and gaps are of markets, `reproduction` of a book, every other measure of pools. */
function isInScope({ scope, measure }: AlarmRule, subject: Subject, isInGroup: (filter: string, account: string) => boolean): boolean {
  if (kindOf(measure) !== subject.kind) return false;
  switch (scope.kind) {
    case 'all':
      return true;
    case 'account':
      return subject.kind === 'pool' && subject.account === scope.account;
    case 'group':
      return subject.kind === 'pool' && isInGroup(scope.filter, subject.account);
    case 'market':
      return subject.kind === 'pool'
        ? subject.markets.includes(scope.market)
        : subject.kind === 'market' && subject.market === scope.market;
    case 'venue':
      return subject.venue === scope.venue;
  }
}

/** The rules of a subject, by index. Where no scope asks for more than kind and venue they are looked up once for each. */
export function scopesOf(
  { rules }: AlarmRules,
  isInGroup: (filter: string, account: string) => boolean,
): (subject: Subject) => readonly number[] {
  const find = (subject: Subject): readonly number[] => rules.flatMap((rule, i) => (isInScope(rule, subject, isInGroup) ? [i] : []));
  if (rules.some(({ scope }) => scope.kind !== 'all' && scope.kind !== 'venue')) return find;
  const found = new Map<string, readonly number[]>();
  return (subject) => {
    const key = `${subject.kind}${subject.venue}`;
    const known = found.get(key);
    if (known) return known;
    const indices = find(subject);
    found.set(key, indices);
    return indices;
  };
}
