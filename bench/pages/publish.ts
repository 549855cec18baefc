/** Times, in ms, from asking the worker for its columns until the page has read what changed in them. */
import { ACCOUNTS, COLUMNS, type Reply, type Request } from './publish-messages.ts';

/** A round trip through shared memory is short beside the clock: one time is the mean of so many. */
const REPEAT = 20;

const worker = new Worker(new URL('./publish.worker.ts', import.meta.url), { type: 'module' });

const ask = (request: Request, transfer: Transferable[] = []): Promise<Reply> =>
  new Promise((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Reply>) => resolve(data);
    worker.postMessage(request, transfer);
  });

const check = (expected: number, read: number | undefined): void => {
  if (read !== expected) throw new Error(`The page read tick ${read} and not ${expected}.`);
};

export type Way = 'clone' | 'shared' | 'transfer';

async function open(): Promise<Readonly<Record<Way, () => Promise<number>>>> {
  const { shared } = await ask({ way: 'open' });
  let spare = new ArrayBuffer(COLUMNS * ACCOUNTS * 8);
  const timed = async (run: () => Promise<void>): Promise<number> => {
    const start = performance.now();
    await run();
    return performance.now() - start;
  };
  return {
    clone: () =>
      timed(async () => {
        const { tick, columns } = await ask({ way: 'clone' });
        check(tick, columns?.[0]?.[0]);
      }),
    shared: async () => {
      if (!shared) throw new Error('This page shares no memory.');
      const total = await timed(async () => {
        for (let i = 0; i < REPEAT; i++) {
          const { tick } = await ask({ way: 'shared' });
          check(tick, Atomics.load(new Int32Array(shared, COLUMNS * ACCOUNTS * 8), 0));
          check(tick, new Float64Array(shared)[0]);
        }
      });
      return total / REPEAT;
    },
    transfer: () =>
      timed(async () => {
        const { tick, buffer } = await ask({ way: 'transfer', buffer: spare }, [spare]);
        if (!buffer) throw new Error('No buffer came back.');
        spare = buffer;
        check(tick, new Float64Array(buffer)[0]);
      }),
  };
}

const opened = open();

/** Times of one round, each way once; the order turns with the round. */
async function round(index: number): Promise<Record<Way, number>> {
  const ways = await opened;
  const order: Way[] = ['clone', 'shared', 'transfer'];
  const times = { clone: 0, shared: 0, transfer: 0 };
  for (let i = 0; i < order.length; i++) {
    const way = order[(i + index) % order.length]!;
    times[way] = await ways[way]();
  }
  return times;
}

Object.assign(window, { round });
