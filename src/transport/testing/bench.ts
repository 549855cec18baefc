/** A host on a bench: fake clock, fake timer, files from a map. */
import { createWholeEngine } from '../../session/desk/testing/engine.ts';
import type { Command, Frame } from '../../session/protocol.ts';
import { createHost, type Host, type HostOptions } from '../worker/host.ts';

export interface Bench {
  readonly host: Host;
  readonly frames: Frame[];
  readonly fatal: unknown[];
  /** Sends one command and gives the frames that came at once. */
  readonly send: (command: Command | object) => Frame[];
  /** Lets waiting files arrive; gives the frames that came. */
  readonly settle: () => Promise<Frame[]>;
  /** Moves the world on in beats of 100 ms; gives the frames that came. */
  readonly beats: (count: number) => Frame[];
}

export const START_MS = 1_800_000_000_000;

/** `files`: path → text; any other path is not there. */
export function createBench(files: Readonly<Record<string, string>> = {}, options: Partial<HostOptions> = {}): Bench {
  let nowMs = START_MS;
  let beat: () => void = () => undefined;
  const frames: Frame[] = [];
  const turns: (() => void)[] = [];
  /** What waits for its turn, until nothing does. */
  const idle = (): void => {
    for (let turn = turns.shift(); turn; turn = turns.shift()) turn();
  };
  const fatal: unknown[] = [];
  const host = createHost({
    engine: createWholeEngine(),
    loadDesk: () => Promise.reject(new Error('the desk is there')),
    post: (frame, transfer) => void frames.push(structuredClone(frame, { transfer })),
    now: () => nowMs,
    stopwatch: () => nowMs,
    every: (run) => {
      beat = run;
      return () => {
        beat = () => undefined;
      };
    },
    soon: (run) => void turns.push(run),
    fetchText: (path) => {
      const text = files[path];
      return text === undefined ? Promise.reject(new Error(`${path} is not there`)) : Promise.resolve(text);
    },
    baseUrl: 'http://localhost/',
    fatal: (error) => void fatal.push(error),
    ...options,
  });
  const since = (from: number): Frame[] => frames.slice(from);
  return {
    host,
    frames,
    fatal,
    send: (command) => {
      const from = frames.length;
      host.receive(structuredClone(command));
      idle();
      return since(from);
    },
    settle: async () => {
      const from = frames.length;
      await new Promise((resolve) => setTimeout(resolve));
      idle();
      return since(from);
    },
    beats: (count) => {
      const from = frames.length;
      for (let i = 0; i < count; i++) {
        nowMs += 100;
        beat();
        idle();
      }
      return since(from);
    },
  };
}

export const HELLO: Command = { kind: 'hello', protocolVersion: 1, nowMs: START_MS };
export const MANUAL: Command = { ...HELLO, clock: 'manual' };
