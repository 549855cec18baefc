/**
 * The store's part for accounts watched by address, which arrives with the first visit to their page and has a state of its own: the list with its labels, servers of the
 * user's own, what the engine says of them, and what was wrong. Rules WL of docs/spec/watched-addresses.md. Labels never leave the device.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { addressKey, GATEWAY_TARGETS } from '../domain/account-sources.ts';
import type { Fault } from '../domain/fault.ts';
import { gatewayFault } from '../domain/gateway.ts';
import type { Answer, Client, ConnectionState } from '../session/client.ts';
import { ADDRESSES_MAX, type AddressesFrame, type ComparedFrame, type WatchedAddress } from '../session/protocol.ts';
import {
  type AddressesMemory,
  entryOf,
  plainLabel,
  readAddressesMemory,
  storedAddresses,
  type WatchedEntry,
  writeAddressesMemory,
} from './addresses-memory.ts';
import { addNotice, dropNotices } from './notices.ts';
import type { SettingsStorage } from './settings.ts';
import type { AppState, Notice } from './types.ts';

export interface AddressesState extends AddressesMemory {
  /** The newest that the engine said; null before that, and while it is being started again. */
  readonly frame: AddressesFrame | null;
  /** The common shock that is asked for; `frame.shock` is the one that the figures are of. */
  readonly shock: AddressesFrame['shock'];
  /** Everything that the venue says of one account beside ours; null before it is asked for. */
  readonly compared: ComparedFrame | null;
  /** What the newest command was refused for; pointers of a list point into `list`. */
  readonly faults: readonly Fault[];
}

export interface AddressesActions {
  /** A line at the end of the list; faults are at `/source`, `/address` or '', and then nothing changed. One that stands on it takes the label. */
  readonly add: (source: string, address: string, label?: string) => readonly Fault[];
  readonly remove: (watched: WatchedAddress) => void;
  readonly label: (watched: WatchedAddress, label: string) => void;
  /** One place up or down the list; at its end nothing. */
  readonly move: (watched: WatchedAddress, by: -1 | 1) => void;
  /** In place of the whole list. */
  readonly clear: () => void;
  /** A server in place of a venue's, `null` for the venue's own again. The page has confirmed it before (`gatewayFault`, `gatewayWarning`); '' where it is taken, else why not. */
  readonly setGateway: (key: string, url: string | null) => string;
  /** Decimal text: `-0.1`; `asset` null: all prices. */
  readonly setShock: (move: string, asset: string | null) => Promise<Answer<unknown>>;
  readonly compare: (account: string) => Promise<Answer<ComparedFrame>>;
  readonly show: (account: string) => Promise<Answer<unknown>>;
  /** As soon as the venue's limit allows; without an address all. */
  readonly read: (only?: WatchedAddress) => Promise<Answer<unknown>>;
}

export interface AddressesPart {
  readonly store: StoreApi<AddressesState>;
  readonly actions: AddressesActions;
  readonly take: (frame: AddressesFrame) => void;
}

export interface AddressesPartOptions {
  readonly store: StoreApi<AppState>;
  readonly client: Pick<Client, 'request'>;
  readonly storage: SettingsStorage;
  /** Stand-ins below the page's own address are asked in place of the venues. */
  readonly isStandIn: boolean;
}

const NO_SHOCK: AddressesFrame['shock'] = { move: '-0.1', asset: null };

/** The part over one client: what this device remembers is watched at once. */
export function createAddressesPart({ store: app, client, storage, isStandIn }: AddressesPartOptions): AddressesPart {
  const store = createStore<AddressesState>()(() => ({
    ...readAddressesMemory(storage),
    frame: null,
    shock: NO_SHOCK,
    compared: null,
    faults: [],
  }));
  let remembered = storedAddresses(storage);
  /** What My margin follows; and what it followed when the engine fell, until it follows it again. */
  let followed = '';
  let resumed = '';

  const told = <T>(answer: Answer<T>): Answer<T> => {
    store.setState({ faults: answer.ok ? [] : answer.faults });
    return answer;
  };
  const watchNow = (): void => {
    const { list, gateways } = store.getState();
    const addresses = list.map(({ source, address }) => ({ source, address }));
    void client.request({ kind: 'addresses-watch', addresses, gateways, ...(isStandIn ? { isStandIn } : {}) }).then(told);
  };
  let isAsked = false;
  /** Fifty lines that are added at once are one question. */
  const watch = (): void => {
    if (isAsked) return;
    isAsked = true;
    void Promise.resolve().then(() => {
      isAsked = false;
      watchNow();
    });
  };
  const keep = (change: Partial<AddressesMemory>): void => {
    store.setState(change);
    const { list, gateways } = store.getState();
    writeAddressesMemory(storage, { list, gateways });
    remembered = storedAddresses(storage);
  };
  /** Before a change: another tab may have changed the list meanwhile, and what it added or removed is not written over. */
  const reread = (): void => {
    const stored = storedAddresses(storage);
    if (stored === '' || stored === remembered) return;
    remembered = stored;
    store.setState(readAddressesMemory(storage));
    watch();
  };
  const setShock = (move: string, asset: string | null): Promise<Answer<unknown>> => {
    store.setState({ shock: { move, asset } });
    return client.request({ kind: 'addresses-shock', move, asset }).then(told);
  };
  const isSame = (watched: WatchedAddress) => (entry: WatchedEntry) => addressKey(entry) === addressKey(watched);

  /** A fresh engine knows of no address. */
  const restore = (connection: ConnectionState, before: ConnectionState): void => {
    if (connection.kind === 'restarting') {
      store.setState({ frame: null });
      resumed = followed;
    }
    if (connection.kind !== 'ready' || before.kind === 'ready' || connection.restartCount === 0) return;
    const { list, shock } = store.getState();
    if (list.length === 0) return;
    watchNow();
    void client.request({ kind: 'addresses-shock', ...shock });
  };
  app.subscribe(({ connection }, before) => {
    if (connection !== before.connection) restore(connection, before.connection);
  });
  if (store.getState().list.length > 0) watchNow();

  return {
    store,
    take: (frame) => {
      store.setState({ frame });
      followed = frame.shown?.left === '' ? frame.shown.account : '';
      if (resumed !== '' && frame.accounts.some(({ account }) => account === resumed)) {
        const selected = app.getState().snapshot?.selectedAccount;
        // Unless another book was loaded meanwhile.
        if (followed === '' && selected && resumed.endsWith(`:${selected}`))
          void client.request({ kind: 'addresses-show', account: resumed });
        resumed = '';
      }
      sayShown(app, frame);
    },
    actions: {
      add: (source, address, label = '') => {
        reread();
        const { list } = store.getState();
        const entry = entryOf(source, address, label);
        if (typeof entry === 'string') return [{ pointer: '/address', message: entry }];
        const rest = list.filter((held) => addressKey(held) !== addressKey(entry));
        if (rest.length >= ADDRESSES_MAX) return [{ pointer: '', message: `the list holds ${ADDRESSES_MAX} addresses at most` }];
        keep({ list: rest.length < list.length ? list.map((held) => (isSame(entry)(held) ? entry : held)) : [...list, entry] });
        watch();
        return [];
      },
      remove: (watched) => {
        reread();
        const isIt = isSame(watched);
        keep({ list: store.getState().list.filter((entry) => !isIt(entry)) });
        watch();
      },
      label: (watched, label) => {
        reread();
        const isIt = isSame(watched);
        keep({ list: store.getState().list.map((entry) => (isIt(entry) ? { ...entry, label: plainLabel(label) } : entry)) });
      },
      move: (watched, by) => {
        reread();
        const list = [...store.getState().list];
        const from = list.findIndex(isSame(watched));
        const to = from + by;
        const [entry] = list.slice(from, from + 1);
        if (!entry || from < 0 || to < 0 || to >= list.length) return;
        list.splice(from, 1);
        list.splice(to, 0, entry);
        keep({ list });
      },
      clear: () => {
        reread();
        keep({ list: [] });
        watch();
      },
      setGateway: (key, url) => {
        reread();
        const { [key]: _, ...rest } = store.getState().gateways;
        const fault = url === null ? '' : gatewayFault(url);
        if (fault !== '' || !GATEWAY_TARGETS.some((target) => target.key === key)) return fault || 'There is no such venue.';
        keep({ gateways: url === null ? rest : { ...rest, [key]: url } });
        watch();
        return '';
      },
      setShock,
      compare: async (account) => {
        const answer = told(await client.request({ kind: 'addresses-compare', account }));
        if (answer.ok) store.setState({ compared: answer.value });
        return answer;
      },
      show: async (account) => told(await client.request({ kind: 'addresses-show', account })),
      read: async (only) => told(await client.request({ kind: 'addresses-read', ...(only ? { only } : {}) })),
    },
  };
}

/** Where My margin shows an account of the list: that it no longer follows, or cannot be read; one notice, and none while all is well. */
function sayShown(app: StoreApi<AppState>, frame: AddressesFrame): void {
  const { shown } = frame;
  if (!shown) return;
  const text = textOf(shown, frame);
  const said = app.getState().notices.find(({ kind }) => kind === 'address');
  if (text === (said?.text ?? '')) return;
  const notice: Omit<Notice, 'id'> = { kind: 'address', severity: shown.left === '' ? 'warning' : 'info', text, faults: [] };
  app.setState(({ notices }) => {
    const others = dropNotices(notices, 'address');
    return { notices: text === '' ? others : addNotice(others, notice) };
  });
}

function textOf({ account, left }: NonNullable<AddressesFrame['shown']>, { accounts, addresses }: AddressesFrame): string {
  if (left !== '') return `My margin no longer follows the address: ${left}.`;
  const row = accounts.find((one) => one.account === account);
  const from = row && addresses.find(({ source, address }) => source === row.source && address === row.address);
  if (!from || from.why === '' || (from.state !== 'late' && from.state !== 'refused')) return '';
  return `The address that My margin follows cannot be read now: ${from.why}. What is shown is of the last reading and grows old.`;
}
