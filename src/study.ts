/** The studies' worker: back-tests and histories, apart from the engine, which never waits for them. Glue only. */
import { STUDY_MODULE } from './session/study/index.ts';
import { fetchText } from './transport/fetch-text.ts';
import { createStudyHost } from './transport/study/host.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

const turns: (() => void)[] = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => turns.shift()?.();

const host = createStudyHost({
  studies: STUDY_MODULE,
  post: (frame) => scope.postMessage(frame),
  stopwatch: () => performance.now(),
  soon: (run) => {
    turns.push(run);
    channel.port2.postMessage(null);
  },
  fetchText: (path, baseUrl) => fetchText(path, baseUrl),
});

scope.addEventListener('message', (event: MessageEvent<unknown>) => host.receive(event.data));
