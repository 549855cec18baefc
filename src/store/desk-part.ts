/**
 * The desk's part of the store, which arrives with the first visit to the desk: the first load has none of it but an empty state. The
 * engine hears of the desk only through it, so no frame of the desk comes before it.
 */
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../session/client.ts';
import type { DeskFrame } from '../session/protocol.ts';
import { type CreateDeskReader, createDeskIntake } from './desk.ts';
import { createDeskActions, currentView, type DeskActions, startDesk } from './desk-actions.ts';
import { type DeskAddress, decodeDeskLink, encodeDeskLink } from './desk-link.ts';
import { readDeskMemory } from './desk-memory.ts';
import { DESK_LINK_PREFIX } from './desk-state.ts';
import type { SettingsStorage } from './settings.ts';
import type { AppState } from './types.ts';

export interface DeskPartOptions {
  readonly store: StoreApi<AppState>;
  readonly client: Client;
  readonly storage: SettingsStorage;
  readonly address: DeskAddress;
  readonly createReader: CreateDeskReader;
}

export interface DeskPart {
  readonly actions: DeskActions;
  /** See `startDesk`: shows the view that a link names. */
  readonly start: (link: string) => Promise<unknown>;
  /** Shows the view of a link that was put into the address of the open page; nothing where it is the view that is shown. */
  readonly follow: (link: string) => void;
  readonly take: (frame: DeskFrame) => void;
}

/** The desk over the store: what this device remembers is in the state, and the engine knows the watch-list. */
export function createDeskPart({ store, client, storage, address, createReader }: DeskPartOptions): DeskPart {
  const memory = readDeskMemory(storage);
  store.setState(({ desk }) => ({ desk: { ...desk, ...memory } }));
  if (memory.watched.length > 0) void client.request({ kind: 'desk-watch', accounts: memory.watched });
  const intake = createDeskIntake(createReader);
  const actions = createDeskActions({ store, client, storage, intake, address });
  return {
    actions,
    start: (link) => startDesk(actions, link),
    follow: (link) => {
      const view = decodeDeskLink(link);
      if (view && link !== DESK_LINK_PREFIX && link !== encodeDeskLink(currentView(store.getState().desk))) actions.showView(view);
    },
    take: (frame) =>
      store.setState((state) => {
        const desk = intake.take(state.desk, frame);
        return desk === state.desk ? state : { desk };
      }),
  };
}
