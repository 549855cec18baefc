/** Stress over the desk, whole: what an engine is given when it is wanted. It comes with this and with nothing else. */
import { Closes } from '../alarms/closes.ts';
import { dailyVolatilityOf } from '../alarms/look.ts';
import { AccountStress } from './account-stress.ts';
import { answerScenario } from './answer.ts';
import { checkStress } from './check-message.ts';
import { Stress } from './stress.ts';
import { Warning } from './warning.ts';

export const STRESS_MODULE = {
  Stress,
  AccountStress,
  Warning,
  Closes,
  answerScenario,
  checkStress,
  calmVolatilityOf: dailyVolatilityOf(new Map()),
};

export type StressModule = typeof STRESS_MODULE;
