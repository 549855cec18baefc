/** The tabs of one browser: one leads, the others follow, and what one is told the others hear (rules JN-8, JN-9). */
import * as v from 'valibot';
import { CHANNELS } from '../policy/alarms/rules.ts';
import { ACKNOWLEDGEMENT_ROW, CHOICE_ROW } from './records.ts';

export type Role = 'leader' | 'follower' | 'alone';

const word = v.pipe(v.string(), v.maxLength(2_000));

/** Another tab may run another version of the page: what does not fit is passed over. */
const MESSAGE = v.variant('kind', [
  v.object({ kind: v.literal('acknowledged'), rows: v.array(ACKNOWLEDGEMENT_ROW) }),
  v.object({ kind: v.literal('chosen'), rows: v.array(CHOICE_ROW) }),
  /** The rows changed in a way that is best read anew: the watch-list, an import, all forgotten. */
  v.object({ kind: v.literal('changed') }),
  v.object({ kind: v.literal('told'), events: v.array(v.object({ id: word, channel: v.picklist(CHANNELS), text: word })) }),
]);

export type TabMessage = v.InferOutput<typeof MESSAGE>;

/** What a browser has for it. */
export interface TabsOptions {
  readonly name: string;
  readonly locks: Pick<LockManager, 'request'> | undefined;
  readonly channel: Pick<BroadcastChannel, 'postMessage' | 'close'> & { onmessage: ((event: MessageEvent<unknown>) => void) | null };
  readonly onRole: (role: Role) => void;
  readonly onMessage: (message: TabMessage) => void;
}

export interface Tabs {
  /** Resolves once it is decided whether this tab leads. */
  readonly decided: Promise<Role>;
  readonly role: () => Role;
  readonly say: (message: TabMessage) => void;
  readonly close: () => void;
}

/** The lock is held as long as its holder lives: a tab that is closed, or whose worker dies, lets go of it, and the next in line leads. */
export function openTabs({ name, locks, channel, onRole, onMessage }: TabsOptions): Tabs {
  let role: Role = 'alone';
  let letGo = (): void => undefined;
  let isClosed = false;
  const stop = new AbortController();
  const enter = (next: Role): void => {
    role = next;
    onRole(next);
  };
  const held = (): Promise<void> =>
    isClosed
      ? Promise.resolve()
      : new Promise((resolve) => {
          letGo = resolve;
        });
  channel.onmessage = ({ data }) => {
    const read = v.safeParse(MESSAGE, data);
    if (read.success) onMessage(read.output);
  };
  const wait = (): void => {
    locks!
      .request(name, { signal: stop.signal }, () => {
        enter('leader');
        return held();
      })
      .catch(() => undefined);
  };
  const decided = new Promise<Role>((resolve) => {
    const decide = (next: Role): void => {
      enter(next);
      resolve(next);
    };
    if (!locks) return decide('alone');
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        decide(lock ? 'leader' : 'follower');
        if (lock) return held();
        wait();
        return undefined;
      })
      .catch(() => decide('alone'));
  });
  return {
    decided,
    role: () => role,
    say: (message) => channel.postMessage(message),
    close: () => {
      isClosed = true;
      stop.abort();
      letGo();
      channel.close();
    },
  };
}
