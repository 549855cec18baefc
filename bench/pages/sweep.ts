/** Asks the worker for rounds of the sweep. */
import type { SweepReply, SweepRequest } from './sweep-messages.ts';

const measure = (request: SweepRequest): Promise<SweepReply> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./sweep.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<SweepReply>) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(request);
  });

Object.assign(window, { measure });
