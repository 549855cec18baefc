/** The worker's entry: session, feed and clock behind one message port. Glue only. */
import { createEngine } from './session/engine.ts';
import { fetchText } from './transport/fetch-text.ts';
import { createHost } from './transport/worker/host.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

const host = createHost({
  engine: createEngine(),
  post: (frame, transfer) => scope.postMessage(frame, transfer),
  now: () => Date.now(),
  stopwatch: () => performance.now(),
  every: (run, intervalMs) => {
    const id = setInterval(run, intervalMs);
    return () => clearInterval(id);
  },
  fetchText: (path, baseUrl) => fetchText(path, baseUrl),
  baseUrl: scope.location.href,
  fatal: (error) => {
    // Thrown outside any promise: an uncaught error is what the page's supervisor sees.
    setTimeout(() => {
      throw error;
    });
  },
});

scope.addEventListener('message', (event: MessageEvent<unknown>) => host.receive(event.data));
