/** A rule of one measure in everybody's scope that arms, clears and is told without delay, for tests. */
import { Decimal } from '../../../domain/units.ts';
import type { AlarmRule } from '../rules.ts';

export const ruleAtOnce = (
  { id, measure, severity }: Pick<AlarmRule, 'id' | 'measure' | 'severity'>,
  arm: string | Decimal,
  clear: string | Decimal,
  more: Partial<AlarmRule> = {},
): AlarmRule => ({
  id,
  scope: { kind: 'all' },
  measure,
  severity,
  arm: new Decimal(arm),
  clear: new Decimal(clear),
  onDelayMs: 0,
  offDelayMs: 0,
  cooldownMs: 0,
  channel: 'page',
  ...more,
});
