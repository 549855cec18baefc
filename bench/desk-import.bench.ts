/**
 * A file of a million accounts with five million positions, from its bytes to the first rows of the table: read piece by piece, checked,
 * sorted into blocks, certified, and its rows put in order, by the worker's own host. In Node, from a file on disk.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvPieces } from '../src/formats/csv.ts';
import { parquetPieces } from '../src/formats/parquet.ts';
import { DESK_MODULE } from '../src/session/desk/index.ts';
import type { DeskQuery, FileContent } from '../src/session/desk/messages.ts';
import { NO_FILTER } from '../src/session/desk/messages.ts';
import { population } from '../src/session/desk/population.ts';
import { createEngine } from '../src/session/engine.ts';
import { type Frame, PROTOCOL_VERSION } from '../src/session/protocol.ts';
import { createHost } from '../src/transport/worker/host.ts';
import { createKernelHost } from '../src/transport/worker/kernel-host.ts';
import { type Bench, quantile, spreadOf } from './harness.ts';

const ACCOUNTS = 1_000_000;
const ROUNDS = 3;

const QUERY: DeskQuery = {
  filter: NO_FILTER,
  sort: [{ column: 'marginExcess', falling: false }],
  window: { from: 0, count: 50 },
  freeze: false,
  columns: ['state', 'equity', 'marginExcess'],
};

/** The bytes of a file on disk, as a browser hands them over. */
function contentOf(file: FileHandle, from: number, to: number): FileContent {
  return {
    size: to - from,
    slice: (start, end) => contentOf(file, from + start, from + end),
    arrayBuffer: async () => {
      const bytes = new Uint8Array(to - from);
      await file.read(bytes, 0, bytes.length, from);
      return bytes.buffer;
    },
  };
}

interface Opened {
  /** Until the rows of the first window are there: by the clock, and of the processors, all threads together. */
  readonly ms: number;
  readonly processorMs: number;
  readonly accounts: number;
}

/** Opens the file as a page would. */
async function openOnce(path: string): Promise<Opened> {
  const file = await open(path);
  const { size } = await file.stat();
  const kernelHost = createKernelHost(false);
  try {
    return await new Promise((resolve, reject) => {
      let startMs = Number.NaN;
      let accounts = 0;
      let before = process.cpuUsage();
      const post = (frame: Frame): void => {
        if (frame.kind === 'failed') reject(new Error(frame.faults.map(({ message }) => message).join('; ')));
        if (frame.kind === 'desk-opened') accounts = frame.coverage.loaded;
        if (frame.kind !== 'desk-window' || frame.total === 0 || frame.rowIds.length === 0) return;
        host.stop();
        const { user, system } = process.cpuUsage(before);
        resolve({ ms: performance.now() - startMs, processorMs: (user + system) / 1_000, accounts });
      };
      const host = createHost({
        engine: createEngine({ isShared: false, allocate: (bytes) => new ArrayBuffer(bytes), ...(kernelHost ? { kernelHost } : {}) }),
        post,
        now: () => Date.now(),
        stopwatch: () => performance.now(),
        every: () => () => undefined,
        soon: (run) => void setImmediate(run),
        loadDesk: () => Promise.resolve(DESK_MODULE),
        fetchText: () => Promise.reject(new Error('nothing is fetched')),
        baseUrl: 'about:blank',
        fatal: reject,
      });
      host.receive({ kind: 'hello', protocolVersion: PROTOCOL_VERSION, nowMs: Date.now() });
      host.receive({ kind: 'desk-query', requestId: 1, query: QUERY });
      startMs = performance.now();
      before = process.cpuUsage();
      host.receive({ kind: 'desk-open', requestId: 2, source: { kind: 'file', name: path, content: contentOf(file, 0, size) } });
    });
  } finally {
    await file.close();
  }
}

async function write(path: string, pieces: Iterable<string | Uint8Array>): Promise<number> {
  const file = createWriteStream(path);
  for (const piece of pieces) if (!file.write(piece)) await once(file, 'drain');
  file.end();
  await once(file, 'close');
  return file.bytesWritten;
}

export const imports: Bench = async (report) => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  try {
    const written: { figure: string; goal: string; path: string; bytes: number; form: string }[] = [];
    {
      const columns = population({ accounts: ACCOUNTS, seed: 42, asOf: '2026-01-01T00:00:00Z' });
      const forms = [
        ['import-parquet', '≤ 8', 'accounts.parquet', () => parquetPieces(columns, { numbers: 'double' }), 'Parquet, numbers as doubles'],
        ['import-csv', '≤ 25', 'accounts.csv', () => csvPieces(columns), 'CSV'],
      ] as const;
      for (const [figure, goal, name, pieces, form] of forms) {
        const path = join(folder, name);
        written.push({ figure, goal, path, form, bytes: await write(path, pieces()) });
      }
    }
    for (const { figure, goal, path, bytes, form } of written) {
      const seconds: number[] = [];
      const processor: number[] = [];
      let accounts = 0;
      for (let i = 0; i < ROUNDS; i++) {
        const round = await openOnce(path);
        seconds.push(round.ms / 1_000);
        processor.push(round.processorMs / 1_000);
        accounts = round.accounts;
      }
      report({
        bench: 'desk',
        figure,
        value: quantile(seconds, 0.5),
        unit: 's',
        goal,
        runs: ROUNDS,
        spread: spreadOf(seconds),
        note: `${form}, ${(bytes / 1e6).toFixed(0)} MB, ${accounts.toLocaleString('en')} accounts, from bytes to certified states and the first rows in order; in Node, ${quantile(processor, 0.5).toFixed(1)} s of processor time`,
      });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
};
