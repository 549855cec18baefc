/** A live feed whose venue is a script: frames, silences and broken connections at given times. */

import { freshness, freshnessLimits } from '../../domain/freshness.ts';
import type { FeedState } from '../../domain/tick.ts';
import type { Feed, FeedOutput } from '../feed.ts';
import { createSequencer } from '../sequence.ts';
import type { RawTick } from '../well-formed.ts';

export type ScriptStep =
  | { readonly atMs: number; readonly do: 'connect' | 'disconnect' | 'end' }
  /** A frame that arrives at `atMs`; ticks may be as wrong as a test needs. */
  | {
      readonly atMs: number;
      readonly do: 'frame';
      readonly sequence?: number;
      readonly stream?: string;
      readonly ticks: readonly unknown[];
    };

export interface FakeFeedOptions {
  readonly markets: readonly string[];
  readonly cadenceMs: number;
  readonly script: readonly ScriptStep[];
  readonly queueMax?: number;
}

const refuse = (what: string) => (): never => {
  throw new RangeError(`a live feed cannot ${what}: its clock is the world's`);
};

/** Composes sequencer and freshness the way a venue adapter does: a new connection starts the sequence anew. */
export const createFakeFeed = ({ markets, cadenceMs, script, queueMax }: FakeFeedOptions): Feed => {
  const sequencer = createSequencer({ markets: new Set(markets), ...(queueMax === undefined ? {} : { queueMax }) });
  const limits = freshnessLimits(cadenceMs);
  let next = 0;
  let clockMs = Number.NEGATIVE_INFINITY;
  let isConnected = false;
  let isEnded = false;

  const perform = (step: ScriptStep): void => {
    if (step.do === 'frame') {
      if (!isConnected) return;
      const { sequence, stream, ticks, atMs } = step;
      sequencer.accept({
        arrivalTimeMs: atMs,
        ticks: ticks as readonly RawTick[],
        ...(sequence === undefined ? {} : { sequence }),
        ...(stream === undefined ? {} : { stream }),
      });
    } else if (step.do === 'connect') {
      sequencer.reset();
      isConnected = true;
    } else if (step.do === 'disconnect') isConnected = false;
    else isEnded = true;
  };

  const state = (): FeedState => {
    if (isEnded) return 'ended';
    const arrivalMs = sequencer.lastArrivalTimeMs();
    if (arrivalMs === undefined) return 'connecting';
    const venueMs = sequencer.lastVenueTimeMs() ?? arrivalMs;
    return freshness(Math.max(clockMs - arrivalMs, clockMs - venueMs), limits);
  };

  const output = (): FeedOutput => {
    const ticks = isEnded ? [] : sequencer.drain();
    const counts = sequencer.counts();
    const lastVenueTimeMs = sequencer.lastVenueTimeMs();
    const lastArrivalTimeMs = sequencer.lastArrivalTimeMs();
    const detail = sequencer.lastRejection();
    return {
      ticks,
      status: {
        state: state(),
        gapCount: counts.gaps,
        droppedCount: counts.dropped,
        ...(lastVenueTimeMs === undefined ? {} : { lastVenueTimeMs }),
        ...(lastArrivalTimeMs === undefined ? {} : { lastArrivalTimeMs }),
        ...(detail === undefined ? {} : { detail }),
      },
      clockMs,
      speed: 1,
      isDiscontinuous: false,
      counts,
    };
  };

  return {
    description: {
      kind: 'live',
      name: 'Fake venue',
      markets: markets.map((market) => ({ market, kind: 'mark', cadenceMs, source: 'script' })),
      cadenceMs,
      freshness: limits,
      isSeekable: false,
    },
    advance: (nowMs) => {
      if (!Number.isFinite(nowMs)) throw new RangeError(`a clock reading must be finite, found ${nowMs}`);
      clockMs = nowMs;
      for (; next < script.length && script[next]!.atMs <= nowMs && !isEnded; next++) perform(script[next]!);
      return output();
    },
    skipTo: () => undefined,
    setSpeed: refuse('change its speed'),
    seek: refuse('seek'),
    step: refuse('step'),
    close: () => {
      isEnded = true;
    },
  };
};
