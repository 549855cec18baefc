/** How a live connection stands, in plain words. */
import type { GapView, LiveView } from '../../store/types.ts';

const seconds = (ms: number): string => `${Math.max(0, Math.ceil(ms / 1_000))}\u202fs`;

/** One line: the phase, since when or until when, and why. */
export function phaseText(live: Pick<LiveView, 'phase' | 'sinceMs' | 'retryAtMs' | 'attempt' | 'why'>, nowMs: number): string {
  const why = live.why === '' ? '' : `: ${live.why}`;
  switch (live.phase) {
    case 'idle':
      return 'not connected';
    case 'connecting':
      return live.attempt > 0 ? `connecting, attempt ${live.attempt + 1}` : 'connecting';
    case 'open':
      return 'connected, no price yet';
    case 'live':
      return `connected for ${seconds(nowMs - live.sinceMs)}${why}`;
    case 'waiting':
      return `tried again in ${seconds(live.retryAtMs - nowMs)}${why}`;
  }
}

/** `USDE stands 6.5 % below its peg`. Rounded away from nothing: what is beyond its limit never reads as less. */
export function gapText({ asset, kind, gap, price }: Pick<GapView, 'asset' | 'kind' | 'gap' | 'price'>): string {
  const percent = `${(Math.abs(gap) * 100).toFixed(2)}\u202f%`;
  const side = gap < 0 ? 'below' : 'above';
  const what = kind === 'peg' ? 'its peg' : 'its index';
  return `${asset} stands ${percent} ${side} ${what}, at ${price}`;
}
