/** Rule sets that shipped rules are compared with (docs/spec/back-test.md). */
import { Decimal } from '../../domain/units.ts';
import { type AlarmRule, type AlarmRules, DEFAULT_FLOOD, DEFAULT_RULES } from '../alarms/rules.ts';

const WEEK_MS = 7 * 86_400_000;

/** Thresholds at 5, 4, 3 and 2σ, cleared `deadband` σ further out, after `onDelayMs`. */
export function sigmaRules(deadband: string, onDelayMs: number, bypass?: AlarmRules['bypass']): AlarmRules {
  const rule = (sigma: number, severity: AlarmRule['severity']): AlarmRule => ({
    id: `${sigma}σ`,
    scope: { kind: 'all' },
    measure: 'sigmaDistance',
    severity,
    arm: new Decimal(sigma),
    clear: new Decimal(sigma).plus(deadband),
    onDelayMs,
    offDelayMs: 0,
    cooldownMs: 0,
    channel: 'page',
  });
  return {
    format: 'alarm-rules/1',
    rules: [rule(5, 'watch'), rule(4, 'watch'), rule(3, 'warning'), rule(2, 'margin-call')],
    ...(bypass ? { bypass } : {}),
    marginCall: { clockMs: 0, venueClockMs: {} },
    flood: { ...DEFAULT_FLOOD, start: 1e9 },
    escalateAfterMs: 0,
    gapMs: WEEK_MS,
  };
}

/** The shipped rules without what looks ahead: the margin ratio alone. */
export function ratioRules(): AlarmRules {
  const { bypass: _, ...plain } = DEFAULT_RULES;
  return { ...plain, rules: DEFAULT_RULES.rules.filter(({ measure }) => measure === 'marginRatio') };
}
