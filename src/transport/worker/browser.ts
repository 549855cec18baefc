/** The browser's own timers and frames for the page's side of the border. */
import type { Transport } from '../../session/transport.ts';
import { createSupervisedTransport, type WorkerLike } from './supervisor.ts';

/** A supervised transport over the workers that `spawn` makes, on the page's clock. */
export const createWorkerTransport = (spawn: () => WorkerLike): Transport =>
  createSupervisedTransport({
    spawn,
    now: () => performance.now(),
    after: (run, delayMs) => {
      const id = setTimeout(run, delayMs);
      return () => clearTimeout(id);
    },
    every: (run, intervalMs) => {
      const id = setInterval(run, intervalMs);
      return () => clearInterval(id);
    },
  });

/** A page that was hidden after a frame was asked for gets none: it is not waited for longer than this. */
const FRAME_PATIENCE_MS = 1_000;

/** Delivers with the next animation frame; at once in a hidden tab, which has none. */
export function scheduleFrame(deliver: () => void): void {
  if (document.visibilityState !== 'visible') {
    deliver();
    return;
  }
  const run = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timeout);
    deliver();
  };
  const frame = requestAnimationFrame(run);
  const timeout = setTimeout(run, FRAME_PATIENCE_MS);
}
