/** The soak test's run, and its entry: `scripts/soak.mjs` starts it. */
import { parseArgs } from 'node:util';
import { soak } from './soak-run.ts';

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { minutes: { type: 'string', default: '30' }, rate: { type: 'string', default: '10' } },
});
const result = await soak({
  runMs: Number(values.minutes) * 60_000,
  faultEveryMs: 60_000,
  faultForMs: 12_000,
  rate: Number(values.rate),
  say: (line) => void process.stdout.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = result.problems.length > 0 ? 1 : 0;
