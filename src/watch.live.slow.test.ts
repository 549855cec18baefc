/** WA-16, WA-17: a live venue watched from the command line, against a server that stands in for it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { startVenueSim, type VenueSim } from '../venue-sim/server.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), 'plimsoll-live-'));
const BOOK = join(ROOT, 'public/demo/book.json');
const LIMIT_MS = 60_000;
afterAll(() => rmSync(FOLDER, { recursive: true }));

interface Run {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs until it ends; `onText` hears everything that it has said so far. */
function watch(args: readonly string[], onText: (text: string, stop: () => void) => void = () => undefined): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/run.mjs'), 'watch', '--book', BOOK, ...args], { cwd: FOLDER });
    let [out, errors] = ['', ''];
    const hear = (): void => onText(out + errors, () => void child.kill('SIGINT'));
    child.stdout.on('data', (piece: Buffer) => {
      out += String(piece);
      hear();
    });
    child.stderr.on('data', (piece: Buffer) => {
      errors += String(piece);
      hear();
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, errors, lines: out.split('\n').filter((line) => line !== '') }));
  });
}

async function withSim<T>(run: (sim: VenueSim) => Promise<T>): Promise<T> {
  const sim = await startVenueSim();
  try {
    return await run(sim);
  } finally {
    await sim.close();
  }
}

describe('watch --feed live:VENUE', () => {
  it(
    'says the alarms that the venue’s prices raise, and ends in good order with a journal',
    () =>
      withSim(async (sim) => {
        const journal = join(FOLDER, 'live.jsonl');
        const { status, lines, errors } = await watch(
          ['--feed', 'live:hyperliquid', '--stand-in', sim.origin, '--journal', journal],
          (text, stop) => {
            if (text.includes('note: the feed is live')) sim.market.hold('BTC', 60_000);
            if (text.includes('"pool":"cross"')) stop();
          },
        );
        expect(status, errors).toBe(0);
        const events = lines.map((line) => JSON.parse(line) as { id: string; at: string; pool: string | null; to: string });
        expect(events.some(({ pool, to }) => pool === 'cross' && to !== 'healthy')).toBe(true);
        expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
        for (const { at } of events) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(LIMIT_MS);
        expect(readFileSync(journal, 'utf8')).toContain('"checkpoint"');
      }),
    LIMIT_MS,
  );

  it(
    'says when the venue goes away and when it is back, without being started again',
    () =>
      withSim(async (sim) => {
        let isDown = false;
        const { status, errors } = await watch(['--feed', 'live:bybit', '--stand-in', sim.origin], (text, stop) => {
          if (!isDown && text.includes('the feed is live')) {
            isDown = true;
            sim.fault = 'maintenance';
            sim.cut();
          }
          if (isDown && /the feed is (delayed|live): the connection/.test(text)) sim.fault = undefined;
          if (/the feed is (delayed|live): the connection[\s\S]*the feed is live\n/.test(text)) stop();
        });
        expect(status, errors).toBe(0);
      }),
    LIMIT_MS,
  );

  it(
    'refuses what is no venue, a speed, and a stand-in that is not on this machine',
    async () => {
      const runs = await Promise.all([
        watch(['--feed', 'live:nowhere']),
        watch(['--feed', 'live:okx', '--speed', '10']),
        watch(['--feed', 'live:okx', '--stand-in', 'https://example.com']),
        watch(['--feed', 'simulated:1', '--stand-in', 'http://127.0.0.1:1']),
      ]);
      for (const { status, lines, errors } of runs) {
        expect([status, lines]).toEqual([2, []]);
        expect(errors).toMatch(/^\{"error":\{"pointer":"","message":/);
      }
    },
    LIMIT_MS,
  );
});
