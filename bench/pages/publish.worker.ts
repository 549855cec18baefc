/** Holds a million accounts in eight columns and hands them to the page in the way it asks for. */
import { ACCOUNTS, COLUMNS, type Request } from './publish-messages.ts';

/** Seen from inside, a worker has the methods that its page has on it. */
const scope = self as unknown as Worker;

const shared = crossOriginIsolated ? new SharedArrayBuffer(COLUMNS * ACCOUNTS * 8 + 8) : null;
const data = shared ? new Float64Array(shared, 0, COLUMNS * ACCOUNTS) : new Float64Array(COLUMNS * ACCOUNTS);
const sequence = shared ? new Int32Array(shared, COLUMNS * ACCOUNTS * 8) : null;
for (let i = 0; i < data.length; i++) data[i] = i;

/** Structured clone copies what is not shared: the same figures once more, in memory of the worker's own. */
const owned = Array.from({ length: COLUMNS }, (_, column) => data.slice(column * ACCOUNTS, (column + 1) * ACCOUNTS));

let tick = 0;

scope.addEventListener('message', ({ data: request }: MessageEvent<Request>) => {
  tick++;
  if (request.way === 'open') scope.postMessage({ shared });
  if (request.way === 'clone') {
    owned[0]![0] = tick;
    scope.postMessage({ tick, columns: owned });
  }
  if (request.way === 'shared' && sequence) {
    data[0] = tick;
    Atomics.store(sequence, 0, tick);
    scope.postMessage({ tick });
  }
  if (request.way === 'transfer') {
    const { buffer } = request;
    data[0] = tick;
    new Float64Array(buffer).set(data);
    scope.postMessage({ tick, buffer }, [buffer]);
  }
});
