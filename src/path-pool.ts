/** The engine's worker's own workers, for price paths. Glue only; it comes with the code of stress. */
import { createPathPool, type PathPool, type PathPoolHooks } from './transport/worker/path-pool.ts';

/** One worker for every processor but that of the engine, where there are more than two. */
export function startPathPool(hooks: PathPoolHooks): PathPool {
  const processors = navigator.hardwareConcurrency;
  return createPathPool({
    ...hooks,
    workers: Math.max(1, Math.min(8, processors > 2 ? processors - 1 : processors)),
    // Where workers cannot have workers of their own this throws, and the engine plays the paths itself.
    spawn: () => new Worker(new URL('./paths.ts', import.meta.url), { type: 'module', name: 'paths' }),
  });
}
