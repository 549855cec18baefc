/**
 * The desk's long work inside the worker: slices between which messages, prices and beats get their turn, and the bytes of files that are
 * read piece by piece. Rules DM-2, DM-4.
 */
import type { DeskCommand, FileContent, Frame } from '../../session/protocol.ts';
import type { HostedEngine } from '../../session/transport.ts';

type Open = Extract<DeskCommand, { readonly kind: 'desk-open' }>;

export interface DeskRunnerOptions {
  readonly engine: HostedEngine;
  readonly stopwatch: () => number;
  /** Runs once, after whatever else waits has had its turn. */
  readonly soon: (run: () => void) => void;
  /** One input through the engine, its frames sent. */
  readonly run: (input: Parameters<HostedEngine['step']>[0]) => readonly Frame[];
  readonly fatal: (error: unknown) => void;
}

/** Slices are done for so long before others get their turn; the last one may take longer. */
const SLICE_MS = 12;

/** Does what waits, in turns. */
export interface DeskRunner {
  /** Remembers the file of an opening. */
  readonly opening: (command: Open) => void;
  /** An opening was answered: its file is let go. Says what it was of. */
  readonly answered: (requestId: number) => Open['source']['kind'] | undefined;
  /** To be called whenever something may have begun to wait. */
  readonly wake: () => void;
}

export function createDeskRunner({ engine, stopwatch, soon, run, fatal }: DeskRunnerOptions): DeskRunner {
  const sources = new Map<number, Open['source']>();
  let isScheduled = false;
  let isReading = false;

  const turn = (): void => {
    isScheduled = false;
    const startMs = stopwatch();
    while (engine.isWorking && stopwatch() - startMs < SLICE_MS) run({ kind: 'desk-work' });
    wake();
  };
  const wake = (): void => {
    if (engine.wanted && !isReading) read();
    if (isScheduled || !engine.isWorking) return;
    isScheduled = true;
    soon(turn);
  };
  const read = (): void => {
    const { requestId, from, to } = engine.wanted!;
    const source = sources.get(requestId);
    const content = source?.kind === 'file' ? (source.content as FileContent) : undefined;
    if (!content) return;
    isReading = true;
    const give = (bytes: Uint8Array | string): void => {
      isReading = false;
      run({ kind: 'desk-bytes', requestId, bytes });
      wake();
    };
    content
      .slice(from, to)
      .arrayBuffer()
      .then(
        (buffer) => give(new Uint8Array(buffer)),
        () => give('the file could not be read: was it moved or changed?'),
      )
      .catch(fatal);
  };

  return {
    opening: ({ requestId, source }) => void sources.set(requestId, source),
    answered: (requestId) => {
      const kind = sources.get(requestId)?.kind;
      sources.delete(requestId);
      return kind;
    },
    wake,
  };
}
