/** The page's state: a zustand store without React, fed by frames. One object, replaced, never changed in place. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Client, ClientOptions, ConnectionState, WhatIfFrame } from '../session/client.ts';
import type { DeskFrame, HistoryColumns, Snapshot } from '../session/protocol.ts';
import { type Actions, createActions } from './actions.ts';
import { type CreateDeskReader, createDeskIntake, type DeskIntake, deskWithoutEngine, initialDesk } from './desk.ts';
import { createDeskActions, type DeskActions } from './desk-actions.ts';
import type { DeskAddress } from './desk-link.ts';
import { readDeskMemory } from './desk-memory.ts';
import { addNotice, dropNotices } from './notices.ts';
import { readSettings, type SettingsStorage } from './settings.ts';
import { shareAccount, shareSnapshot } from './share.ts';
import type { AppState, Fault } from './types.ts';

export type AppStore = StoreApi<AppState>;

type Handlers = Pick<ClientOptions, 'onSnapshot' | 'onWhatIf' | 'onDesk' | 'onConnection' | 'onFaults'>;

export interface AppOptions {
  /** Makes the client that feeds this store: over a worker, or in process for a test. */
  readonly connect: (handlers: Handlers) => Client;
  readonly storage: SettingsStorage;
  /** Where the desk's view is kept as a link. */
  readonly address: DeskAddress;
  /** Reads rows from memory that page and engine share. */
  readonly createReader: CreateDeskReader;
}

/** The store, and the only way to change anything. */
export interface App {
  readonly store: AppStore;
  readonly actions: Actions & { readonly desk: DeskActions };
  readonly close: () => void;
}

/** A store fed by `connect`, with the settings that `storage` remembers. */
export function createApp(options: AppOptions): App {
  const store = createStore<AppState>()(() => ({
    connection: { kind: 'starting', detail: '', restartCount: 0 },
    snapshot: null,
    history: null,
    whatIf: null,
    notices: [],
    settings: readSettings(options.storage),
    desk: initialDesk(readDeskMemory(options.storage)),
  }));
  const intake = createDeskIntake(options.createReader);
  const client = options.connect({
    onSnapshot: (snapshot, history) => takeSnapshot(store, snapshot, history),
    onWhatIf: (frame) => takeWhatIf(store, frame),
    onDesk: (frame) => takeDesk(store, intake, frame),
    onConnection: (state) => takeConnection(store, state),
    onFaults: (faults) => takeFaults(store, faults),
  });
  const { storage, address } = options;
  const { watched } = store.getState().desk;
  if (watched.length > 0) void client.request({ kind: 'desk-watch', accounts: watched });
  const desk = createDeskActions({ store, client, storage, intake, address });
  return { store, actions: { ...createActions(store, client, storage), desk }, close: () => client.close() };
}

function takeSnapshot(store: AppStore, snapshot: Snapshot, history: HistoryColumns | null): void {
  store.setState((state) => ({
    snapshot: shareSnapshot(state.snapshot, snapshot),
    history: history ?? state.history,
    notices: noticesOfFeed(state, snapshot),
  }));
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

function takeDesk(store: AppStore, intake: DeskIntake, frame: DeskFrame): void {
  store.setState((state) => {
    const desk = intake.take(state.desk, frame);
    return desk === state.desk ? state : { desk };
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
