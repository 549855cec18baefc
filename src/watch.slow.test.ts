/** The command line as its user meets it, killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), 'plimsoll-watch-'));
const BOOK = join(ROOT, 'public/demo/book.json');
const CRASH = ['--book', BOOK, '--feed', 'replay:2025-10-10', '--speed', 'max', '--until', '2025-10-10T21:30:00Z'];
const LIMIT_MS = 120_000;
afterAll(() => rmSync(FOLDER, { recursive: true }));

interface Run {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs `watch`; `onLine` may kill it. */
function watch(args: readonly string[], onLine: (child: ChildProcess, count: number) => void = () => undefined): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/run.mjs'), 'watch', ...args], { cwd: FOLDER });
    let out = '';
    let errors = '';
    let count = 0;
    child.stdout.on('data', (piece: Buffer) => {
      out += piece.toString('utf8');
      const now = out.split('\n').length - 1;
      while (count < now) onLine(child, ++count);
    });
    child.stderr.on('data', (piece: Buffer) => {
      errors += piece.toString('utf8');
    });
    child.on('error', reject);
    // A line that a kill tore off is no line.
    child.on('close', (status) => resolve({ status, errors, lines: out.split('\n').slice(0, -1) }));
  });
}

type Line = Readonly<Record<string, unknown>> & { readonly id: string };
const parsed = (lines: readonly string[]): Line[] => lines.map((line) => JSON.parse(line) as Line);
const byId = (lines: readonly string[]): Map<string, string> => new Map(lines.map((line) => [(JSON.parse(line) as Line).id, line]));

describe('watch', () => {
  const undisturbed = watch(CRASH);

  it(
    'WA-8: one line an event with the words of the contract first, each id once, in the order of time',
    async () => {
      const { status, lines, errors } = await undisturbed;
      expect([status, errors]).toEqual([0, '']);
      const events = parsed(lines);
      expect(events.length).toBeGreaterThan(10);
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort());
      const words = ['id', 'episode', 'account', 'pool', 'rule', 'from', 'to', 'at', 'marginRatio', 'liquidationDistance', 'cure'];
      for (const event of events) {
        const keys = Object.keys(event).filter((key) => !key.endsWith('Reason'));
        expect(keys.slice(0, words.length)).toEqual(words);
        expect(event.at).toMatch(/^2025-10-10T2[01]:\d\d:\d\d\.\d{3}Z$/);
      }
      const cross = events.filter(({ pool }) => pool === 'cross');
      expect(cross.map(({ to }) => to)).toContain('liquidation');
      expect(cross.findIndex(({ to }) => to === 'warning')).toBeLessThan(cross.findIndex(({ to }) => to === 'liquidation'));
    },
    LIMIT_MS,
  );

  it(
    'WA-10: killed after any line and started again, both runs together print what an undisturbed one prints',
    async () => {
      const journal = join(FOLDER, 'killed.jsonl');
      const printed: string[] = [];
      let kills = 0;
      for (const after of [1, 2, 1, 3, 2]) {
        const { lines, status } = await watch([...CRASH, '--journal', journal], (child, count) => {
          if (count === after) child.kill('SIGKILL');
        });
        printed.push(...lines);
        if (status === null) kills++;
      }
      expect(kills).toBe(5);
      const last = await watch([...CRASH, '--journal', journal]);
      expect(last.status).toBe(0);
      printed.push(...last.lines);
      expect(byId(printed)).toEqual(byId((await undisturbed).lines));
      // Every id has one text, however often a kill let it be printed.
      expect(new Set(printed).size).toBe(byId(printed).size);
      const again = await watch([...CRASH, '--journal', journal]);
      expect([again.status, again.lines]).toEqual([0, []]);
    },
    LIMIT_MS,
  );

  it(
    'WA-13: ended by a signal, between looks or in a long wait, and started again, it goes on where it looked last',
    async () => {
      const journal = join(FOLDER, 'ended.jsonl');
      const printed: string[] = [];
      for (const [speed, after, signal] of [
        // At real time the next price of the replay is twenty seconds away.
        ['1', 1, 'SIGTERM'],
        ['max', 1, 'SIGINT'],
        ['max', 3, 'SIGTERM'],
      ] as const) {
        const { lines, status } = await watch([...CRASH, '--speed', speed, '--journal', journal], (child, count) => {
          if (count === after) child.kill(signal);
        });
        printed.push(...lines);
        expect(status).toBe(0);
      }
      printed.push(...(await watch([...CRASH, '--journal', journal])).lines);
      expect(byId(printed)).toEqual(byId((await undisturbed).lines));
    },
    LIMIT_MS,
  );

  it(
    'WA-11: a torn last line is dropped and said; a journal of another book, feed or rule set is refused',
    async () => {
      const journal = join(FOLDER, 'torn.jsonl');
      await watch([...CRASH, '--journal', journal], (child, count) => count === 4 && child.kill('SIGKILL'));
      writeFileSync(journal, `${readFileSync(journal, 'utf8')}{"event":{"id":"half`);
      const { status, errors, lines } = await watch([...CRASH, '--journal', journal]);
      expect(status).toBe(0);
      expect(errors).toContain('torn');
      expect(lines.length).toBeGreaterThan(0);
      const other = await watch(['--book', BOOK, '--feed', 'simulated:7', '--journal', journal, '--until', '2025-10-10T20:01:00Z']);
      expect(other.status).toBe(2);
      expect(JSON.parse(other.errors).error).toMatchObject({ pointer: '/journal', message: expect.stringContaining('another feed') });
    },
    LIMIT_MS,
  );

  it(
    'WA-12: every notice reaches the receiver once, with its id as key; one that it never takes holds up no other, is kept, and sent by the next run',
    async () => {
      const taken: string[] = [];
      let refused = '';
      let isWell = false;
      const server = createServer((request, response) => {
        const key = String(request.headers['idempotency-key']);
        refused ||= key;
        request.resume().on('end', () => {
          const isFailing = key === refused && !isWell;
          if (!isFailing) taken.push(key);
          response.writeHead(isFailing ? 503 : 204).end();
        });
      });
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      const journal = join(FOLDER, 'posted.jsonl');
      const args = [...CRASH, '--webhook', `http://127.0.0.1:${(server.address() as AddressInfo).port}/alarms`, '--journal', journal];
      const { status, lines, errors } = await watch(args);
      const due = parsed(lines)
        .filter(({ notice }) => notice === 'due')
        .map(({ id }) => id);
      expect(due.length).toBeGreaterThan(3);
      expect([status, refused]).toEqual([0, due[0]]);
      expect(errors.split('\n')).toEqual([
        `note: the receiver did not take ${refused} (status 503); others go on, it is tried again later`,
        'note: 1 notice(s) were not taken; they are sent when the journal is gone on with',
        '',
      ]);
      expect(taken.filter((id) => due.includes(id))).toEqual(due.slice(1));
      isWell = true;
      const again = await watch(args);
      await new Promise((resolve) => server.close(resolve));
      expect([again.status, again.errors, again.lines]).toEqual([0, '', []]);
      expect(taken.at(-1)).toBe(refused);
      expect(new Set(taken).size).toBe(taken.length);
    },
    LIMIT_MS,
  );

  it(
    'WA-12: a flood that was posted is not posted again by a run that was killed before its first checkpoint',
    async () => {
      const keys: string[] = [];
      const server = createServer((request, response) => {
        keys.push(String(request.headers['idempotency-key']));
        request.resume().on('end', () => response.writeHead(204).end());
      });
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      const [journal, rules] = [join(FOLDER, 'flood.jsonl'), join(FOLDER, 'flood.json')];
      const ratio = { scope: { kind: 'all' }, measure: 'marginRatio', onDelayMs: 0, offDelayMs: 0, cooldownMs: 0, channel: 'page' };
      const levels = { arm: '0.1', clear: '0.05' };
      const flood = { start: 1, end: 1, withinMs: 60_000 };
      writeFileSync(
        rules,
        JSON.stringify({ format: 'alarm-rules/1', rules: [{ id: 'low', severity: 'watch', ...levels, ...ratio }], flood }),
      );
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alarms`;
      const args = [...CRASH, '--until', '2025-10-10T20:10:00Z', '--rules', rules, '--webhook', url, '--journal', journal];
      expect((await watch(args)).status).toBe(0);
      const posted = [...keys];
      expect(posted.length).toBeGreaterThan(1);
      const lines = readFileSync(journal, 'utf8').split('\n');
      writeFileSync(journal, lines.filter((line) => !line.startsWith('{"checkpoint"')).join('\n'));
      expect(await watch(args)).toMatchObject({ status: 0, lines: [] });
      await new Promise((resolve) => server.close(resolve));
      expect(keys).toEqual(posted);
    },
    LIMIT_MS,
  );

  it.each(['2025-10-10T20:00Z', '2025-10-10T22:00:00+02:00', '2025-10-10'])('takes %s for an instant to end at', async (until) => {
    const { status, errors } = await watch(['--book', BOOK, '--feed', 'simulated:4294967295', '--speed', 'max', '--until', until]);
    expect([status, errors]).toEqual([0, '']);
  });

  it.each([
    [['--feed', 'simulated:1'], '--book'],
    [['--book', BOOK], '--feed'],
    [['--book', BOOK, '--feed', 'tape:1'], '--feed is'],
    [['--book', BOOK, '--feed', 'live:nowhere'], 'no live venue'],
    [['--book', BOOK, '--feed', 'replay:1999-01-01'], 'no replay'],
    [['--book', BOOK, '--feed', 'simulated:1', '--speed', '0'], '--speed'],
    [['--book', BOOK, '--feed', 'simulated:1', '--until', 'tomorrow'], '--until'],
    [['--book', BOOK, '--feed', 'simulated:1', '--until', '2025-02-30T00:00Z'], '--until'],
    [['--book', BOOK, '--feed', 'simulated:9007199254740992'], '--feed is'],
    [['--book', BOOK, '--feed', 'simulated:1', '--journal', join(FOLDER, 'nowhere', 'x')], 'cannot write'],
    [['--book', BOOK, '--feed', 'simulated:1', '--webhook', 'ftp://x'], '--webhook'],
    [['--book', join(ROOT, 'nothing.json'), '--feed', 'simulated:1'], 'no such file'],
  ])('refuses %j with status 2', async (args, message) => {
    const { status, lines, errors } = await watch(args);
    expect([status, lines]).toEqual([2, []]);
    expect((JSON.parse(errors) as { error: { message: string } }).error.message).toContain(message);
  });
});
