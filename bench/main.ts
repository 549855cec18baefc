/** `npm run bench -- [NAME…] [--json]`: prints one line a figure. Contract: README, "Benchmarks". */
import { parseArgs } from 'node:util';
import { engine } from './engine.bench.ts';
import { type Bench, type BenchLine, rounded } from './harness.ts';
import { page } from './page.bench.ts';

const BENCHES: Readonly<Record<string, readonly Bench[]>> = { engine: [engine, page] };

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  const message = `no bench named ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`;
  process.stderr.write(`${JSON.stringify({ error: { pointer: '', message } })}\n`);
  process.exitCode = 2;
} else {
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
    for (const bench of BENCHES[name] ?? []) await bench(values.json ? printJson : printLine);
  }
}

function printJson(line: BenchLine): void {
  const spread = line.spread.map(rounded);
  process.stdout.write(
    `${JSON.stringify({ ...line, value: rounded(line.value), ...(line.ratio === undefined ? {} : { ratio: rounded(line.ratio) }), spread })}\n`,
  );
}

function printLine(line: BenchLine): void {
  const value = `${rounded(line.value).toLocaleString('en')} ${line.unit}`;
  const against = line.ratio === undefined ? '' : `  ${line.ratio.toPrecision(3)} × ${line.against ?? ''}`;
  const goal = line.goal ? `  goal ${line.goal}` : '';
  process.stdout.write(`${`${line.bench} ${line.figure}`.padEnd(34)} ${value.padStart(22)}${against}${goal}  (${line.runs} rounds)\n`);
  if (line.note) process.stdout.write(`${' '.repeat(35)}${line.note}\n`);
}
