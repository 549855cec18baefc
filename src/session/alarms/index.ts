/** The alarms' half of the engine, brought when prices begin to move (SE-36). */
import { createAlarmWatch, streamOf } from './alarm-watch.ts';

export const ALARM_MODULE = { createAlarmWatch, streamOf };
export type AlarmModule = typeof ALARM_MODULE;
