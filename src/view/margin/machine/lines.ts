/** Which lines of the rules are drawn on a gauge: of each severity the one that is met first. */
import type { AlarmOutlook } from '../../../store/types.ts';

type Rule = AlarmOutlook['rules'][number];

export interface RuleLine {
  readonly severity: Rule['severity'];
  readonly id: string;
  readonly isActive: boolean;
  readonly arm: number;
  readonly clear: number;
}

const ORDER: readonly Rule['severity'][] = ['watch', 'warning', 'margin-call'];

/** On the gauge of `place`, where a higher place is worse if `isRising`; lines beyond `most` are not on it. */
export function ruleLines({ rules }: AlarmOutlook, place: 'ratio' | 'distance', most: number): RuleLine[] {
  const isRising = place === 'ratio';
  return ORDER.flatMap((severity) => {
    const lines = rules
      .filter((rule) => rule.severity === severity)
      .map(({ id, isActive, armAt, clearAt }) => ({ severity, id, isActive, arm: armAt[place], clear: clearAt[place] }))
      .filter(({ arm, clear }) => arm >= 0 && arm <= most && clear >= 0)
      .sort((a, b) => (isRising ? a.arm - b.arm : b.arm - a.arm));
    return lines.slice(0, 1);
  });
}
