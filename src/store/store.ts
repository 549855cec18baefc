/** The page's state: a zustand store without React, fed by frames. One object, replaced, never changed in place. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Client, ClientOptions, ConnectionState, WhatIfFrame } from '../session/client.ts';
import type { AlarmsFrame, HistoryColumns, Snapshot } from '../session/protocol.ts';
import { type Actions, createActions } from './actions.ts';
import type { AddressesPart } from './addresses-part.ts';
import type { CreateDeskReader } from './desk.ts';
import type { DeskActions } from './desk-actions.ts';
import type { DeskAddress } from './desk-link.ts';
import type { DeskPart } from './desk-part.ts';
import { deskWithoutEngine, INITIAL_DESK } from './desk-state.ts';
import { addNotice, dropNotices } from './notices.ts';
import { readSettings, type SettingsStorage } from './settings.ts';
import { shareAccount, shareSnapshot } from './share.ts';
import type { StressPart } from './stress-part.ts';
import type { Studies, StudyWorker } from './studies.ts';
import type { AppState, Fault } from './types.ts';

export type AppStore = StoreApi<AppState>;

type Handlers = Pick<
  ClientOptions,
  | 'onSnapshot'
  | 'onWhatIf'
  | 'onDesk'
  | 'onAlarms'
  | 'onAddresses'
  | 'onReference'
  | 'onJournal'
  | 'onConnection'
  | 'onSilence'
  | 'onFaults'
>;

export interface AppOptions {
  /** Makes the client that feeds this store: over a worker, or in process for a test. */
  readonly connect: (handlers: Handlers) => Client;
  readonly storage: SettingsStorage;
  /** Where the desk's view is kept as a link. */
  readonly address: DeskAddress;
  /** What reads rows from memory that page and engine share; asked for with the desk. */
  readonly loadReader: () => Promise<CreateDeskReader>;
  /** Starts the worker of the studies; asked for with the first of them. Absent: there are none. */
  readonly spawnStudies?: () => StudyWorker;
  /** Where the app's own files lie. */
  readonly baseUrl?: string;
}

/** The store, and the only way to change anything. */
export interface App {
  readonly store: AppStore;
  /** `desk`: only where `loadDesk` has resolved; before that reading it throws. */
  readonly actions: Actions & { readonly desk: DeskActions };
  /** Brings the desk's part of the store. One promise, however often it is asked for. */
  readonly loadDesk: () => Promise<DeskPart>;
  /** Brings what asks the studies. One promise, however often it is asked for. */
  readonly loadStudies: () => Promise<Studies>;
  /** Brings what asks for stress. One promise, however often it is asked for. */
  readonly loadStress: () => Promise<StressPart>;
  /** Brings what watches addresses; the first call says whether stand-ins below the page's own address take the venues' place. One promise, however often it is asked for. */
  readonly loadAddresses: (isStandIn?: boolean) => Promise<AddressesPart>;
  readonly close: () => void;
}

/** One promise, however often it is asked for; the first asks. */
function once<T, A extends readonly unknown[]>(load: (...asked: A) => Promise<T>): (...asked: A) => Promise<T> {
  let promise: Promise<T> | undefined;
  return (...asked) => {
    promise ??= load(...asked);
    return promise;
  };
}

/** A store fed by `connect`, with the settings that `storage` remembers. */
export function createApp(options: AppOptions): App {
  const store = createStore<AppState>()(() => ({
    connection: { kind: 'starting', detail: '', restartCount: 0 },
    silentMs: 0,
    snapshot: null,
    history: null,
    whatIf: null,
    notices: [],
    settings: readSettings(options.storage),
    alarms: null,
    journal: null,
    heard: [],
    reference: null,
    desk: INITIAL_DESK,
  }));
  let desk: DeskPart | undefined;
  let addresses: AddressesPart | undefined;
  const client = options.connect({
    onSnapshot: (snapshot, history) => takeSnapshot(store, snapshot, history),
    onWhatIf: (frame) => takeWhatIf(store, frame),
    onDesk: (frame) => desk?.take(frame),
    onAlarms: (frame) => takeAlarms(store, frame),
    onAddresses: (frame) => addresses?.take(frame),
    onReference: (reference) => store.setState({ reference }),
    onJournal: (frame) =>
      store.setState(({ heard }) => (frame.kind === 'journal' ? { journal: frame } : { heard: [...heard, ...frame.events].slice(-50) })),
    onConnection: (state) => takeConnection(store, state),
    onSilence: (silentMs) => store.setState({ silentMs }),
    onFaults: (faults) => takeFaults(store, faults),
  });
  const { storage, address, loadReader } = options;
  const loadDesk = once(async () => {
    const [{ createDeskPart }, createReader] = await Promise.all([import('./desk-part.ts'), loadReader()]);
    desk = createDeskPart({ store, client, storage, address, createReader });
    return desk;
  });
  const loadStudies = once(async () => {
    const { spawnStudies, baseUrl = '' } = options;
    if (!spawnStudies) throw new Error('there are no studies here');
    return (await import('./studies.ts')).createStudies(spawnStudies, baseUrl);
  });
  const loadStress = once(async () => (await import('./stress-part.ts')).createStressPart(client));
  const loadAddresses = once(async (isStandIn: boolean | undefined) => {
    addresses = (await import('./addresses-part.ts')).createAddressesPart({ store, client, storage, isStandIn: isStandIn === true });
    return addresses;
  });
  const actions = {
    ...createActions(store, client, storage),
    get desk(): DeskActions {
      if (!desk) throw new Error('the desk was used before it was loaded');
      return desk.actions;
    },
  };
  return {
    store,
    actions,
    loadDesk,
    loadStudies,
    loadStress,
    loadAddresses,
    close: () => client.close(),
  };
}

function takeSnapshot(store: AppStore, snapshot: Snapshot, history: HistoryColumns | null): void {
  store.setState((state) => ({
    snapshot: shareSnapshot(state.snapshot, snapshot),
    history: history ?? state.history,
    notices: noticesOfFeed(state, snapshot),
  }));
}

/** Rules cross only when they changed. */
function takeAlarms(store: AppStore, frame: AlarmsFrame): void {
  store.setState(({ alarms }) => ({ alarms: frame.rules === '' && alarms ? { ...frame, rules: alarms.rules } : frame }));
}

/** Says once that the feed is lost, and takes it back when it is there again. */
function noticesOfFeed(state: AppState, snapshot: Snapshot): AppState['notices'] {
  const { status, name } = snapshot.source;
  if (status.state !== 'lost') return dropNotices(state.notices, 'feed-lost');
  if (state.notices.some((notice) => notice.kind === 'feed-lost')) return state.notices;
  const text = `${name} is lost${status.detail ? `: ${status.detail}` : ''}. The prices shown are the last ones known and grow old.`;
  return addNotice(state.notices, { kind: 'feed-lost', severity: 'error', text, faults: [] });
}

/** Only while the user asks for one. `spec: null`: its account or book was left, and it with them. */
function takeWhatIf(store: AppStore, frame: WhatIfFrame): void {
  store.setState((state) => {
    if (!state.whatIf) return state;
    if (frame.spec === null) return { whatIf: null };
    return { whatIf: { ...state.whatIf, account: shareAccount(state.whatIf.account, frame.account), evaluated: frame.spec } };
  });
}

function takeConnection(store: AppStore, connection: ConnectionState): void {
  store.setState((state) => {
    const others = dropNotices(state.notices, 'engine-restarted');
    if (connection.kind === 'failed')
      return {
        connection,
        desk: deskWithoutEngine(state.desk),
        notices: addNotice(others, { kind: 'engine-failed', severity: 'error', text: sentence(connection.detail), faults: [] }),
      };
    if (connection.restartCount === 0) return { connection };
    const severity = connection.kind === 'ready' ? 'info' : 'warning';
    return {
      connection,
      desk: connection.kind === 'restarting' ? deskWithoutEngine(state.desk) : state.desk,
      notices: addNotice(others, { kind: 'engine-restarted', severity, text: sentence(connection.detail), faults: [] }),
    };
  });
}

function takeFaults(store: AppStore, faults: readonly Fault[]): void {
  const text = sentence(faults[0]?.message ?? 'the engine could not do what was asked');
  store.setState((state) => ({ notices: addNotice(state.notices, { kind: 'fault', severity: 'error', text, faults }) }));
}

const sentence = (text: string): string =>
  text === '' ? text : `${text[0]?.toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
