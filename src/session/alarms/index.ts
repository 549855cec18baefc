/** The alarms' half of the engine, brought when prices begin to move (SE-36). */
import { createAlarmWatch } from './alarm-watch.ts';

export const ALARM_MODULE = { createAlarmWatch };
export type AlarmModule = typeof ALARM_MODULE;
