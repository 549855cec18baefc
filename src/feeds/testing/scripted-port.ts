/** A venue as a script behind a socket port: it answers every connection the same way, at times counted from its opening. */

import type { Deed, Happening } from '../live/connection.ts';
import type { SocketPort } from '../live/live-feed.ts';

export interface Script {
  /** Delay of the opening, ms; undefined: it never opens. */
  readonly opensAfterMs: number | undefined;
  /** Frames by their time after the opening. */
  readonly frames: (sinceOpenMs: number) => Iterable<{ readonly atMs: number; readonly text: string }>;
  readonly untilMs: number;
  readonly answer?: string;
}

export interface ScriptedPort extends SocketPort {
  /** Everything that happens up to and including this time. */
  readonly runTo: (nowMs: number) => void;
  readonly deeds: readonly Deed[];
}

export function scriptedPort(script: Script): ScriptedPort {
  const deeds: Deed[] = [];
  let listener: (happening: Happening, atMs: number) => void = () => undefined;
  let queue: { atMs: number; happening: Happening }[] = [];
  let nowMs = Number.NEGATIVE_INFINITY;
  const add = (atMs: number, happening: Happening): void => {
    queue.push({ atMs, happening });
    queue.sort((a, b) => a.atMs - b.atMs);
  };
  return {
    deeds,
    happen: (next) => {
      listener = next;
    },
    perform: (deed) => {
      deeds.push(deed);
      if (deed.kind === 'close') queue = queue.filter(({ happening }) => !('id' in happening) || happening.id !== deed.id);
      if (deed.kind === 'ask' && script.answer !== undefined) add(nowMs + 20, { kind: 'answered', id: deed.id, text: script.answer });
      if (deed.kind !== 'open' || script.opensAfterMs === undefined) return;
      const openMs = nowMs + script.opensAfterMs;
      add(openMs, { kind: 'opened', id: deed.id });
      for (const { atMs, text } of script.frames(script.untilMs)) add(openMs + atMs, { kind: 'text', id: deed.id, text });
    },
    runTo: (toMs) => {
      while (queue[0] && queue[0].atMs <= toMs) {
        const next = queue.shift();
        if (!next) continue;
        // What is done because of it is done then.
        nowMs = Math.max(nowMs, next.atMs);
        listener(next.happening, next.atMs);
      }
      nowMs = Math.max(nowMs, toMs);
    },
  };
}
