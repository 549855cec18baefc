/**
 * A file of JSON lines that survives a kill at any point: a line is whole once its line break is there, and is on the disk before
 * `append` returns. What a kill tore off at the end is dropped when the file is opened again, and said.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { refuse, refuseFile } from './command.ts';

export interface LineJournal {
  /** What the file held when it was opened, in order. */
  readonly lines: readonly unknown[];
  /** Lines that could not be read and are left out, by their number from 1. */
  readonly damaged: readonly number[];
  readonly append: (line: unknown) => void;
  /** Appends a line that takes the place of all those that were appended so before: they are let go of once they fill much of the disk. */
  readonly appendLatest: (line: unknown) => void;
  /** Puts `lines` in the place of everything, in one step. */
  readonly rewrite: (lines: readonly unknown[]) => void;
  readonly close: () => void;
}

/** Lines that count no more may take so many bytes, and as much again as those that do. */
const OUTDATED_MAX_BYTES = 8_000_000;

/** Opens or makes the file. Throws `InputError` where another running process holds it, or where it cannot be read and written. */
export function openLineJournal(path: string): LineJournal {
  const unlock = lock(`${path}.lock`);
  try {
    return opened(path, unlock);
  } catch (error) {
    unlock();
    return refuseFile(error, path, 'write');
  }
}

function opened(path: string, unlock: () => void): LineJournal {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const damaged: number[] = [];
  const lines: unknown[] = [];
  for (const [i, line] of whole.split('\n').slice(0, -1).entries()) {
    try {
      lines.push(JSON.parse(line));
    } catch {
      damaged.push(i + 1);
    }
  }
  if (whole.length < text.length) damaged.push(whole.split('\n').length);
  let file = openSync(path, 'a');
  if (whole.length < text.length) ftruncateSync(file, Buffer.byteLength(whole));
  const append = (text: string): void => {
    writeSync(file, text);
    fdatasyncSync(file);
  };
  const replace = (text: string): void => {
    const draft = `${path}.draft`;
    writeFileSync(draft, text, { flush: true });
    closeSync(file);
    renameSync(draft, path);
    file = openSync(path, 'a');
  };
  let outdated = new Set<string>();
  let outdatedBytes = 0;
  let latest: string | undefined;
  let limit = OUTDATED_MAX_BYTES;
  return {
    lines,
    damaged,
    append: (line) => append(textOf(line)),
    appendLatest: (line) => {
      const text = textOf(line);
      append(text);
      if (latest !== undefined) {
        outdated.add(digestOf(latest));
        outdatedBytes += Buffer.byteLength(latest);
      }
      latest = text;
      if (outdatedBytes < limit) return;
      const rest = readFileSync(path, 'utf8')
        .split(/(?<=\n)/)
        .filter((one) => !outdated.has(digestOf(one)) || one === text)
        .join('');
      replace(rest);
      limit = Math.max(OUTDATED_MAX_BYTES, Buffer.byteLength(rest));
      outdated = new Set();
      outdatedBytes = 0;
    },
    rewrite: (next) => replace(next.map(textOf).join('')),
    close: () => {
      closeSync(file);
      unlock();
    },
  };
}

const textOf = (line: unknown): string => `${JSON.stringify(line)}\n`;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64');

/** One process a journal. A lock whose process is gone, as after a kill, holds nobody up. */
function lock(path: string): () => void {
  for (const isSecond of [false, true]) {
    try {
      writeFileSync(path, `${process.pid} ${startOf(process.pid) ?? ''}`, { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') refuseFile(error, path, 'write');
      const [pid = '', start = ''] = readFileSync(path, 'utf8').split(' ');
      if (isSecond || isRunning(Number(pid), start)) refuse(`another process (${pid}) is writing this journal`, '/journal');
      rmSync(path, { force: true });
    }
  }
  return refuse('the journal cannot be locked', '/journal');
}

const STATE_AFTER_NAME = 0;
const START_AFTER_NAME = 19;

/** When a process was started, in the system's own count, where the system tells (Linux); a killed one that nobody has buried has none. */
function startOf(pid: number): string | undefined {
  if (!existsSync(`/proc/${pid}/stat`)) return undefined;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields[STATE_AFTER_NAME] === 'Z' ? undefined : fields[START_AFTER_NAME];
}

/** Whether the process that wrote the lock still runs: the same number alone may be another's by now. */
function isRunning(pid: number, start: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  if (start !== '') return startOf(pid) === start;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
