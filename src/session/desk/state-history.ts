/** Counts of accounts by state over the session, sampled by the feed's clock: at most so many samples, the worst ones kept (DM-14). */
import { RISK_STATES } from '../../engine/kernel/columns.ts';
import type { DeskStateHistory } from './messages.ts';

/** As many as a chart can draw. */
export const SAMPLES_MAX = 300;

interface Sample {
  readonly timeMs: number;
  readonly counts: Uint32Array;
}

const BAD = (['liquidation', 'bankrupt', 'margin-call'] as const).map((state) => RISK_STATES.indexOf(state));
const badness = ({ counts }: Sample): number => BAD.reduce((sum, code) => sum + counts[code]!, 0);

/** Keeps samples; beyond the bound two neighbours become the worse of the two, whole, so that its counts still add up. */
export class StateHistory {
  private samples: Sample[] = [];
  /** Samples that stand for one that is kept. */
  private stride = 1;
  private since = 0;

  /** Takes a sample; a clock that was set back starts anew. A clock that stands still, or none, is no new instant. */
  add(timeMs: number, counts: Uint32Array): void {
    const last = this.samples.at(-1);
    if (Number.isNaN(timeMs) || timeMs === last?.timeMs) return;
    if (last && timeMs < last.timeMs) this.clear();
    const sample: Sample = { timeMs, counts: counts.slice() };
    const newest = this.samples.at(-1);
    if (newest && this.since % this.stride !== 0) {
      if (badness(sample) >= badness(newest)) this.samples[this.samples.length - 1] = sample;
    } else this.samples.push(sample);
    this.since++;
    if (this.samples.length > SAMPLES_MAX) this.thin();
  }

  private thin(): void {
    const kept: Sample[] = [];
    for (let i = 0; i < this.samples.length; i += 2) {
      const [a, b] = [this.samples[i]!, this.samples[i + 1]];
      kept.push(b && badness(b) >= badness(a) ? b : a);
    }
    this.samples = kept;
    this.stride *= 2;
    this.since = 0;
  }

  clear(): void {
    this.samples = [];
    this.stride = 1;
    this.since = 0;
  }

  columns(): DeskStateHistory {
    return {
      timeMs: Float64Array.from(this.samples, ({ timeMs }) => timeMs),
      counts: RISK_STATES.map((_, code) => Uint32Array.from(this.samples, ({ counts }) => counts[code]!)),
    };
  }
}
