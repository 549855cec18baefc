import { expect, it } from 'vitest';
import { sourcesOf } from '../../transport/study/sources.ts';
import { backTestSteps } from './back-test.ts';
import { SHIPPED_COMPARISON } from './messages.ts';

it('BT-6: bare thresholds announce more than twice as often as a deadband with delay, over 200 simulated weeks', () => {
  const steps = backTestSteps(SHIPPED_COMPARISON, sourcesOf(SHIPPED_COMPARISON.stream, ''));
  let next = steps.next();
  while (!next.done) next = steps.next();
  const { columns, timesAsOften, hours } = next.value;
  console.log(`${columns[0].announcements} ÷ ${columns[1].announcements} = ${timesAsOften.toFixed(2)} in ${Math.round(hours)} h`);
  expect(timesAsOften).toBeGreaterThan(2);
  expect(hours).toBeGreaterThan(30_000);
  expect(columns[0].chattering).toBeGreaterThan(columns[1].chattering);
  expect(columns[0].liquidations).toBe(18);
});
