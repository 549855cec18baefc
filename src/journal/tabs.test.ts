import { describe, expect, it } from 'vitest';
import { openTabs, type Role, type TabMessage, type Tabs } from './tabs.ts';
import { acknowledgementRow } from './testing/rows.ts';

type Callback = (lock: Lock | null) => unknown;

/** Locks of one browser: one holder a name, others in line. */
function fakeLocks(): { readonly locks: Pick<LockManager, 'request'> } {
  const line: (() => void)[] = [];
  let isHeld = false;
  const grant = (callback: Callback): Promise<unknown> => {
    isHeld = true;
    return Promise.resolve(callback({ name: 'x', mode: 'exclusive' })).finally(() => {
      isHeld = false;
      line.shift()?.();
    });
  };
  const request = (_name: string, options: LockOptions, callback: Callback): Promise<unknown> => {
    if (options.ifAvailable) return isHeld ? Promise.resolve(callback(null)) : grant(callback);
    if (!isHeld) return grant(callback);
    return new Promise((resolve, reject) => {
      const next = (): void => void grant(callback).then(resolve, reject);
      line.push(next);
      options.signal?.addEventListener('abort', () => {
        line.splice(line.indexOf(next), line.includes(next) ? 1 : 0);
        reject(new DOMException('aborted', 'AbortError'));
      });
    });
  };
  return { locks: { request } as unknown as Pick<LockManager, 'request'> };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

function tabsOf(count: number): {
  readonly tabs: Tabs[];
  readonly roles: () => Role[];
  readonly heard: [number, TabMessage][];
  readonly raw: (data: unknown) => void;
} {
  const { locks } = fakeLocks();
  const heard: [number, TabMessage][] = [];
  const channels: {
    onmessage: ((event: MessageEvent<unknown>) => void) | null;
    postMessage: (data: unknown) => void;
    close: () => void;
  }[] = [];
  const deliver = (from: number, data: unknown): void => {
    for (const [i, channel] of channels.entries())
      if (i !== from) channel.onmessage?.({ data: structuredClone(data) } as MessageEvent<unknown>);
  };
  const tabs = Array.from({ length: count }, (_, i) => {
    const channel = { onmessage: null, postMessage: (data: unknown) => deliver(i, data), close: () => undefined };
    channels.push(channel);
    return openTabs({ name: 'x', locks, channel, onRole: () => undefined, onMessage: (message) => heard.push([i, message]) });
  });
  return { tabs, roles: () => tabs.map((tab) => tab.role()), heard, raw: (data) => deliver(-1, data) };
}

describe('JN-8 tabs', () => {
  it('one leads, the others follow, and the next takes over when it goes', async () => {
    const { tabs, roles } = tabsOf(3);
    expect(await Promise.all(tabs.map(({ decided }) => decided))).toEqual(['leader', 'follower', 'follower']);
    tabs[0]!.close();
    await turn();
    expect(roles().slice(1)).toEqual(['leader', 'follower']);
    tabs[2]!.close();
    tabs[1]!.close();
    await turn();
  });

  it('a browser without locks lets each act alone', async () => {
    const channel = { onmessage: null, postMessage: () => undefined, close: () => undefined };
    const tab = openTabs({ name: 'x', locks: undefined, channel, onRole: () => undefined, onMessage: () => undefined });
    expect(await tab.decided).toBe('alone');
  });

  it('what one says the others hear, and nothing that is no message', async () => {
    const { tabs, heard, raw } = tabsOf(2);
    await Promise.all(tabs.map(({ decided }) => decided));
    tabs[1]!.say({ kind: 'acknowledged', rows: [acknowledgementRow('e')] });
    raw({ kind: 'acknowledged', rows: [{ id: 'e' }] });
    raw('hello');
    raw(null);
    expect(heard).toEqual([[0, { kind: 'acknowledged', rows: [acknowledgementRow('e')] }]]);
  });
});
