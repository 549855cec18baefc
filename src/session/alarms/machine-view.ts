/** The machine made visible on the gauges, for one subject of the account that is shown (rules AM-9 to AM-11 of docs/spec/alarms.md, ST-7). */
import type { Outlook } from '../../policy/alarms/outlook.ts';
import type { AlarmRule } from '../../policy/alarms/rules.ts';
import { agedPool } from './aged-view.ts';
import type { LookedAt } from './look.ts';
import type { AgedPool, LevelPlace, NextStep } from './machine-messages.ts';
import { nextStep } from './next-step.ts';
import { NOWHERE, placeOf } from './projection.ts';

/** Of a market, which has no gauge, nothing. */
export const machineView = (
  at: LookedAt | undefined,
  outlook: Outlook,
): { readonly aged: AgedPool | null; readonly next: NextStep | null } =>
  at ? { aged: agedPool(at), next: nextStep(at, outlook) } : { aged: null, next: null };

export const placesOf = (rule: AlarmRule, at: LookedAt | undefined): { readonly armAt: LevelPlace; readonly clearAt: LevelPlace } =>
  at
    ? { armAt: placeOf(rule, rule.arm.toNumber(), at), clearAt: placeOf(rule, rule.clear.toNumber(), at) }
    : { armAt: NOWHERE, clearAt: NOWHERE };
