/** A worker of the pool that plays price paths over the desk's accounts; the engine's worker starts it and ends it. Glue only. */
import { createPathWorker } from './session/stress/path-worker.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
const answer = createPathWorker();

scope.addEventListener('message', (event: MessageEvent<Parameters<typeof answer>[0]>) => {
  const piece = answer(event.data);
  if (piece) scope.postMessage(piece);
});
