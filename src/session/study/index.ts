/** The studies, as their worker brings them. */
import { backTestSteps } from './back-test.ts';
import { checkStudy } from './check.ts';
import type { StudyModule } from './messages.ts';
import { performance } from './performance.ts';

export const STUDY_MODULE: StudyModule = { check: checkStudy, backTest: backTestSteps, performance };
