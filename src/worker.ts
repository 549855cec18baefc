/** The worker's entry: session, feed and clock behind one message port. Glue only. */
import { createEngine } from './session/engine.ts';
import { fetchText } from './transport/fetch-text.ts';
import { createHost } from './transport/worker/host.ts';
import { createKernelHost } from './transport/worker/kernel-host.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

/** Isolated from other origins, worker and page share the desk's columns; elsewhere rows are handed over. */
const isShared = scope.crossOriginIsolated;
const kernelHost = createKernelHost(isShared);

/** What the page's policy kept this worker from asking: the only place where that is told apart from a server that is not there. */
const refusedOrigins = new Set<string>();
const REFUSED_MAX = 100;
scope.addEventListener('securitypolicyviolation', (event) => {
  const { blockedURI } = event as SecurityPolicyViolationEvent;
  if (refusedOrigins.size < REFUSED_MAX) refusedOrigins.add(blockedURI.split('/').slice(0, 3).join('/'));
});

const turns: (() => void)[] = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => turns.shift()?.();

const host = createHost({
  engine: createEngine({
    isShared,
    allocate: (bytes) => (isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)),
    ...(kernelHost ? { kernelHost } : {}),
    keep: (bytes) => new Blob([bytes]),
  }),
  post: (frame, transfer) => scope.postMessage(frame, transfer),
  now: () => Date.now(),
  stopwatch: () => performance.now(),
  every: (run, intervalMs) => {
    const id = setInterval(run, intervalMs);
    return () => clearInterval(id);
  },
  // A message waits behind those that came before it, and for no timer.
  soon: (run) => {
    turns.push(run);
    channel.port2.postMessage(null);
  },
  loadDesk: () => import('./session/desk/index.ts').then(({ DESK_MODULE }) => DESK_MODULE),
  loadStress: () => import('./session/stress/index.ts').then(({ STRESS_MODULE }) => STRESS_MODULE),
  loadPathPool: (hooks) => import('./path-pool.ts').then(({ startPathPool }) => startPathPool(hooks)),
  loadAlarms: () => import('./session/alarms/index.ts').then(({ ALARM_MODULE }) => ALARM_MODULE),
  loadJournal: (hooks) =>
    import('./transport/worker/journal-runner.ts').then(({ createJournalRunner }) =>
      createJournalRunner({
        ...hooks,
        after: (run, delayMs) => void setTimeout(run, delayMs),
        // Absent outside secure contexts.
        locks: (scope.navigator as Partial<WorkerNavigator>).locks,
        channel: new BroadcastChannel('plimsoll/journal'),
        storage: (scope.navigator as Partial<WorkerNavigator>).storage,
      }),
    ),
  loadLive: () =>
    Promise.all([import('./transport/worker/live.ts'), import('./session/live/reference.ts')]).then(([live, { referenceRows }]) => ({
      ...live,
      referenceRows,
    })),
  loadAddresses: (hooks) =>
    Promise.all([import('./transport/worker/addresses-runner.ts'), import('./session/addresses/index.ts')]).then(
      ([{ createAddressesRunner }, { ADDRESS_MODULE }]) =>
        createAddressesRunner({ ...hooks, module: ADDRESS_MODULE, isRefusedByPolicy: (origin) => refusedOrigins.has(origin) }),
    ),
  fetchText: (path, baseUrl) => fetchText(path, baseUrl),
  baseUrl: scope.location.href,
  fatal: (error) => {
    // Thrown outside any promise: an uncaught error is what the page's supervisor sees.
    setTimeout(() => {
      throw error;
    });
  },
});

scope.addEventListener('online', () => host.receive({ kind: 'wake' }));
scope.addEventListener('message', (event: MessageEvent<unknown>) => host.receive(event.data));
