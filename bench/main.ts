/** `npm run bench -- [NAME…] [--json | --markdown]`: prints one line a figure. A name is a bench or one of its figures. See docs/benchmarks.md. */
import { parseArgs } from 'node:util';
import { STREAM_NAMES } from '../src/domain/venue-hosts.ts';
import { alarms } from './alarms.bench.ts';
import { exactCrossings } from './desk-exact.bench.ts';
import { imports } from './desk-import.bench.ts';
import { band, building, crossings, systemTotals, ticks } from './desk-kernel.bench.ts';
import { peers, table } from './desk-page.bench.ts';
import { publish } from './desk-publish.bench.ts';
import { questions, select } from './desk-select.bench.ts';
import { sweep } from './desk-sweep.bench.ts';
import { updates } from './desk-updates.bench.ts';
import { engine } from './engine.bench.ts';
import { type Bench, type BenchLine, rounded } from './harness.ts';
import { busy, frames } from './live.bench.ts';
import { page } from './page.bench.ts';
import { cascades, feedbacks, matrices, sliders } from './stress.bench.ts';
import { pageSliders } from './stress-page.bench.ts';
import { paths } from './stress-paths.bench.ts';

interface Entry {
  readonly run: Bench;
  /** What it prints. */
  readonly figures: readonly string[];
}

const BENCHES: Readonly<Record<string, readonly Entry[]>> = {
  engine: [
    { run: engine, figures: ['exact-hyperliquid-math', 'exact-aave'] },
    { run: page, figures: ['page-first-gauge', 'page-slider', 'page-javascript'] },
  ],
  desk: [
    { run: sweep, figures: ['sweep', 'sweep-objects'] },
    { run: updates, figures: ['updates'] },
    { run: select, figures: ['window'] },
    {
      run: questions,
      figures: ['filter', 'distribution', 'ladder-all', 'ladder-market', 'concentration', 'open-interest', 'leverage-skew'],
    },
    { run: ticks, figures: ['tick-calm-median', 'tick-calm-p99', 'tick-crash-p99'] },
    { run: crossings, figures: ['crossings-wrong'] },
    { run: exactCrossings, figures: ['crossings-exact'] },
    { run: band, figures: ['band-wrong', 'band-cost'] },
    { run: systemTotals, figures: ['totals'] },
    { run: building, figures: ['build'] },
    { run: imports, figures: ['import-parquet', 'import-csv'] },
    { run: publish, figures: ['publish', 'publish-fallback'] },
    {
      run: table,
      figures: ['first-rows', 'table-busy', 'table-long-tasks', 'table-frame-p95', 'table-paint-p95', 'scroll-blank', 'memory'],
    },
    { run: peers, figures: ['table-ag-grid', 'table-perspective'] },
  ],
  live: [
    { run: frames, figures: Object.keys(STREAM_NAMES).map((id) => `frames-${id}`) },
    { run: busy, figures: ['live-busy', 'live-tasks', 'live-paint-median', 'live-paint-p95'] },
  ],
  stress: [
    { run: pageSliders, figures: ['slider-1', 'slider-100k', 'slider-1m'] },
    { run: sliders, figures: ['slider-columns-1', 'slider-columns-100k', 'slider-columns-1m'] },
    { run: matrices, figures: ['matrix'] },
    { run: cascades, figures: ['cascade'] },
    { run: feedbacks, figures: ['feedback'] },
    { run: paths, figures: ['paths'] },
  ],
  alarms: [{ run: alarms, figures: ['alarm-paint'] }],
};

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { json: { type: 'boolean', default: false }, markdown: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const entries = Object.values(BENCHES).flat();
const figures = entries.flatMap((entry) => entry.figures);
const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name) && !figures.includes(name));
if (unknown.length > 0) {
  const message = `no bench or figure named ${unknown.join(', ')}; there are ${[...Object.keys(BENCHES), ...figures].join(', ')}`;
  process.stderr.write(`${JSON.stringify({ error: { pointer: '', message } })}\n`);
  process.exitCode = 2;
} else {
  const named = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  const wanted = new Set(named.flatMap((name) => BENCHES[name]?.flatMap((entry) => entry.figures) ?? [name]));
  const print = values.json ? printJson : values.markdown ? printRow : printLine;
  for (const entry of entries) {
    if (entry.figures.some((figure) => wanted.has(figure))) await entry.run((line) => wanted.has(line.figure) && print(line));
  }
}

function printJson(line: BenchLine): void {
  const spread = line.spread.map(rounded);
  process.stdout.write(
    `${JSON.stringify({ ...line, value: rounded(line.value), ...(line.ratio === undefined ? {} : { ratio: rounded(line.ratio) }), spread })}\n`,
  );
}

/** A row of the table in docs/benchmarks.md. */
function printRow(line: BenchLine): void {
  const [low, high] = line.spread.map((value) => Number(value.toPrecision(3)).toLocaleString('en'));
  const reached = `${Number(line.value.toPrecision(3)).toLocaleString('en')} ${line.unit}`;
  const ratio = line.ratio === undefined ? '' : `${Number(line.ratio.toPrecision(2))} × ${line.against ?? ''}`;
  const cells = [`\`${line.figure}\``, reached, `${low} – ${high}`, ratio, line.goal ?? 'printed', line.note ?? ''];
  process.stdout.write(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`);
}

function printLine(line: BenchLine): void {
  const value = `${rounded(line.value).toLocaleString('en')} ${line.unit}`;
  const against = line.ratio === undefined ? '' : `  ${line.ratio.toPrecision(3)} × ${line.against ?? ''}`;
  const goal = line.goal ? `  goal ${line.goal}` : '';
  process.stdout.write(`${`${line.bench} ${line.figure}`.padEnd(34)} ${value.padStart(22)}${against}${goal}  (${line.runs} rounds)\n`);
  if (line.note) process.stdout.write(`${' '.repeat(35)}${line.note}\n`);
}
