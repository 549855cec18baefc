/**
 * The desk's part of the store, which arrives with the first visit to the desk: the first load has none of it but an empty state. The
 * engine hears of the desk only through it, so no frame of the desk comes before it.
 */
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../session/client.ts';
import type { DeskFrame } from '../session/protocol.ts';
import { type CreateDeskReader, createDeskIntake } from './desk.ts';
import { createDeskActions, currentView, type DeskActions, startDesk } from './desk-actions.ts';
import { type DeskAddress, decodeDeskLink, encodeDeskLink, leftOutOf } from './desk-link.ts';
import { readDeskMemory } from './desk-memory.ts';
import { DESK_LINK_PREFIX } from './desk-state.ts';
import { addNotice, dropNotices } from './notices.ts';
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
    start: (link) => {
      sayLeftOut(store, link);
      return startDesk(actions, link);
    },
    follow: (link) => {
      if (link !== DESK_LINK_PREFIX) sayLeftOut(store, link);
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

/** One notice of what a link asks for that is not shown, in place of the one before; none where all of it is. */
function sayLeftOut(store: StoreApi<AppState>, link: string): void {
  store.setState(({ notices, desk }) => {
    const others = dropNotices(notices, 'desk-link');
    const text = leftOutText(link, desk.book !== null);
    return { notices: text === '' ? others : addNotice(others, { kind: 'desk-link', severity: 'warning', text, faults: [] }) };
  });
}

function leftOutText(link: string, hasBook: boolean): string {
  const instead = hasBook ? 'The accounts on the desk stay.' : 'The desk is empty until accounts are opened.';
  const view = decodeDeskLink(link);
  if (!view) return `The link is of another version, or too long, and was left out whole. ${instead}`;
  const { fields, unknown } = leftOutOf(link, view);
  const parts = [...fields, ...(unknown === 0 ? [] : [`${unknown} that ${unknown === 1 ? 'is' : 'are'} not known`])];
  if (parts.length === 0) return '';
  const isWithoutAccounts = view.source === null && (fields.includes('population') || fields.includes('book'));
  return `Fields of the link were left out: ${parts.join(', ')}. The rest of it is shown.${isWithoutAccounts ? ` ${instead}` : ''}`;
}
