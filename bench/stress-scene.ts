/** Desks that the stress benches ask: the generated book of the kernel's figures. */
import type { KernelHost } from '../src/engine/kernel/kernel.ts';
import { createDeskOf } from '../src/session/desk/desk-engine.ts';
import type { DeskState } from '../src/session/desk/desk-state.ts';
import type { Job } from '../src/session/desk/names.ts';
import { createKernelHost } from '../src/transport/worker/kernel-host.ts';
import { venues } from '../src/venues/registry.ts';
import { syntheticBook } from './desk-book.ts';

export const rulesOf = (venue: string) => venues[venue]!.rules;

function hostOf(): KernelHost {
  const host = createKernelHost(false);
  if (!host) throw new Error('This Node runs no WebAssembly vectors.');
  return host;
}

export const stressDesk = (accounts: number, markets?: number): DeskState =>
  createDeskOf(syntheticBook(accounts, 42, { venue: 'hyperliquid', ...(markets ? { markets } : {}) }), { rulesOf, host: hostOf() });

export const elapsed = (run: () => void): number => {
  const start = performance.now();
  run();
  return performance.now() - start;
};

/** A job to its end, and its longest slice. */
export function timed<T>(job: Job<T>): { readonly value: T; readonly longest: number } {
  let longest = 0;
  for (;;) {
    const start = performance.now();
    const step = job.next();
    longest = Math.max(longest, performance.now() - start);
    if (step.done) return { value: step.value, longest };
  }
}
