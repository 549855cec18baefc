/** Everything the page can do on the desk. Each sends an intent to the engine or changes what is remembered; none computes a figure. */
import type { StoreApi } from 'zustand/vanilla';
import type { Answer, Client } from '../session/client.ts';
import type {
  DeskAlarmQuery,
  DeskColumn,
  DeskExportFormat,
  DeskFilter,
  DeskOpened,
  DeskPanelsWish,
  DeskQuery,
  DeskRows,
  DeskSource,
  DeskWindow,
  Frame,
} from '../session/protocol.ts';
import { DESK_CANCELLED, DESK_WATCHED_MAX, DESK_WINDOW_MAX, NO_FILTER } from '../session/protocol.ts';
import type { DeskIntake } from './desk.ts';
import { createLinkWriter, type DeskAddress, type DeskView, decodeDeskLink, encodeDeskLink } from './desk-link.ts';
import { DESK_VIEWS_MAX, viewName, writeDeskMemory } from './desk-memory.ts';
import { DESK_LINK_PREFIX } from './desk-state.ts';
import { addNotice, dropNotices } from './notices.ts';
import type { SettingsStorage } from './settings.ts';
import type { AppState, DeskState } from './types.ts';

type DeskExported = Extract<Frame, { readonly kind: 'desk-exported' }>;
type FileContent = Extract<DeskSource, { readonly kind: 'file' }>['content'];

export interface DeskActions {
  /**
   * Whether the desk is on screen. Only then does the address name its view and does the engine make windows and panels; states are
   * followed all the same.
   */
  readonly show: (isOnScreen: boolean) => void;
  /** The book of the margin page. */
  readonly openBook: () => Promise<Answer<DeskOpened>>;
  /** A `File`, or bytes, which are handed over: they are gone from the caller. */
  readonly openFile: (name: string, content: FileContent) => Promise<Answer<DeskOpened>>;
  readonly openPopulation: (accounts: number, seed: number) => Promise<Answer<DeskOpened>>;
  /** Ends the opening or the export that is under way; what stands stays. */
  readonly cancel: () => Promise<Answer<unknown>>;
  readonly close: () => Promise<Answer<unknown>>;
  /** Changes what is asked for. A new filter or order begins at the top. */
  readonly query: (change: Partial<DeskQuery>) => Promise<Answer<DeskWindow>>;
  readonly filter: (change: Partial<DeskFilter>) => Promise<Answer<DeskWindow>>;
  readonly clearFilter: () => Promise<Answer<DeskWindow>>;
  /** Rows [from, from + count), while the rest of the query stands. */
  readonly scroll: (from: number, count: number) => Promise<Answer<DeskWindow>>;
  /** Holds rows and order as they are, or lets them go. */
  readonly freeze: (freeze: boolean) => void;
  readonly panels: (change: Partial<DeskPanelsWish>) => void;
  /** Shows the account on the margin page. */
  readonly openRow: (account: string) => Promise<Answer<unknown>>;
  /** All rows that match, in order: the table's figures, or the accounts as a book that can be read again. */
  readonly exportRows: (
    content: 'figures' | 'accounts',
    format: DeskExportFormat,
    columns: readonly DeskColumn[],
  ) => Promise<Answer<DeskExported>>;
  readonly watch: (account: string, isWatched: boolean) => void;
  /** What the list of the desk's alarms shows; null: it is not on screen. */
  readonly alarms: (query: DeskAlarmQuery | null) => Promise<Answer<unknown>>;
  /** One alarm by its episode, or with '' all that the list shows. */
  readonly acknowledge: (episode: string) => Promise<Answer<unknown>>;
  /** The table shows these accounts and no others. */
  readonly showAccounts: (accounts: readonly string[]) => Promise<Answer<DeskWindow>>;
  /** Under a name that is taken the view replaces the one before. */
  readonly saveView: (name: string) => void;
  readonly removeView: (name: string) => void;
  /** Shows a view: filter, order and ladder at once; its accounts only where others are open. */
  readonly showView: (view: DeskView) => void;
  /** See `DeskIntake.read`: rows at once, without a message, where they are here. */
  readonly read: (from: number, count: number) => DeskRows | null;
}

export interface DeskActionsOptions {
  readonly store: StoreApi<AppState>;
  readonly client: Client;
  readonly storage: SettingsStorage;
  readonly intake: DeskIntake;
  readonly address: DeskAddress;
}

/** The view that the state shows, as a link can say it. */
export function currentView({ source, query, wish }: DeskState): DeskView {
  const isUsualLadder = wish.ladderMarket === '' && wish.ladderStep === 0.01;
  return {
    source: source && source.kind !== 'file' ? source : null,
    filter: { ...query.filter, text: '' },
    sort: query.sort,
    ladder: isUsualLadder ? null : { ladderMarket: wish.ladderMarket, ladderStep: wish.ladderStep },
  };
}

export function createDeskActions({ store, client, storage, intake, address }: DeskActionsOptions): DeskActions {
  const writeLink = createLinkWriter(address);
  const desk = (): DeskState => store.getState().desk;
  const change = (next: Partial<DeskState>): void => store.setState((state) => ({ desk: { ...state.desk, ...next } }));
  // While nothing is open the address stays what it was: it may name what is being opened.
  const link = (): void => {
    if (desk().isOnScreen && desk().book) writeLink(encodeDeskLink(currentView(desk())));
  };
  const remember = (): void => writeDeskMemory(storage, desk());

  const ask = (next: Partial<DeskQuery>): Promise<Answer<DeskWindow>> => {
    const { query } = desk();
    const isOther = next.filter !== undefined || next.sort !== undefined;
    const window = next.window ?? (isOther ? { from: 0, count: query.window.count } : query.window);
    const whole: DeskQuery = { ...query, ...next, window: { from: window.from, count: Math.min(window.count, DESK_WINDOW_MAX) } };
    change({ query: whole });
    if (isOther) link();
    return client.deskQuery(onScreen(whole));
  };
  const onScreen = (query: DeskQuery): DeskQuery => (desk().isOnScreen ? query : { ...query, window: { from: 0, count: 0 } });
  const sendWish = (): void => {
    const whole = desk().wish;
    void client.request({ kind: 'desk-panels', wish: desk().isOnScreen ? whole : { ...whole, visible: [] } });
  };
  const wish = (next: Partial<DeskPanelsWish>): void => {
    change({ wish: { ...desk().wish, ...next } });
    link();
    sendWish();
  };
  const open = (source: DeskSource, name: string): Promise<Answer<DeskOpened>> =>
    client.request({ kind: 'desk-open', source }).then((answer) => {
      takeOpened(store, source, name, answer);
      if (answer.ok) link();
      return answer;
    });
  const watched = (accounts: readonly string[]): void => {
    change({ watched: accounts });
    remember();
    void client.request({ kind: 'desk-watch', accounts });
  };

  return {
    show: (isOnScreen) => {
      if (isOnScreen === desk().isOnScreen) return;
      change({ isOnScreen });
      if (isOnScreen) link();
      else writeLink('');
      sendWish();
      void client.deskQuery(onScreen(desk().query));
    },
    openBook: () => open({ kind: 'book' }, 'the book'),
    openFile: (name, content) => open({ kind: 'file', name, content }, name),
    openPopulation: (accounts, seed) => open({ kind: 'population', accounts, seed }, 'the population'),
    cancel: () => client.request({ kind: 'desk-cancel' }),
    close: () =>
      client.request({ kind: 'desk-close' }).then((answer) => {
        if (answer.ok && desk().isOnScreen) writeLink(DESK_LINK_PREFIX);
        return answer;
      }),
    query: ask,
    filter: (next) => ask({ filter: { ...desk().query.filter, ...next } }),
    clearFilter: () => ask({ filter: NO_FILTER }),
    showAccounts: (accounts) => ask({ filter: { ...NO_FILTER, text: `=${accounts.join('|')}` } }),
    alarms: (query) => client.request({ kind: 'desk-alarms', query }),
    acknowledge: (episode) => client.request({ kind: 'desk-alarms-acknowledge', episode }),
    scroll: (from, count) => ask({ window: { from, count } }),
    freeze: (freeze) => void (freeze === desk().query.freeze || ask({ freeze })),
    panels: wish,
    openRow: (account) => client.request({ kind: 'desk-row', account }),
    exportRows: (content, format, columns) => {
      const { filter, sort } = desk().query;
      return client.request({ kind: 'desk-export', content, format, columns, filter, sort });
    },
    watch: (account, isWatched) => {
      const others = desk().watched.filter((id) => id !== account);
      watched(isWatched ? [...others, account].slice(-DESK_WATCHED_MAX) : others);
    },
    saveView: (given) => {
      const name = viewName(given);
      if (name === '') return;
      const others = desk().views.filter((view) => view.name !== name);
      change({ views: [...others, { name, view: currentView(desk()) }].slice(-DESK_VIEWS_MAX) });
      remember();
    },
    removeView: (name) => {
      change({ views: desk().views.filter((view) => view.name !== name) });
      remember();
    },
    showView: ({ source, filter, sort, ladder }) => {
      void ask({ filter, sort });
      if (ladder) wish(ladder);
      if (source && !isSameSource(source, desk().source)) void open(source, 'the population');
    },
    read: (from, count) => intake.read(desk(), from, count),
  };
}

const isSameSource = (a: DeskSource, b: DeskState['source']): boolean =>
  a.kind === b?.kind && (a.kind !== 'population' || (b.kind === 'population' && a.accounts === b.accounts && a.seed === b.seed));

/** What was left out of a file is told once; the report stands in the state. */
function takeOpened(store: StoreApi<AppState>, source: DeskSource, name: string, answer: Answer<DeskOpened>): void {
  store.setState((state) => {
    const others = dropNotices(state.notices, 'desk');
    if (!answer.ok) {
      if (answer.superseded || answer.faults.some(({ message }) => message === DESK_CANCELLED)) return state;
      const text = `${name} could not be opened on the desk; what was shown before still stands.`;
      return { notices: addNotice(others, { kind: 'desk', severity: 'error', text, faults: answer.faults }) };
    }
    const { skipped } = answer.value.coverage;
    const opened = {
      ...state.desk,
      opened: answer.value,
      source: source.kind === 'file' ? { kind: source.kind, name: source.name } : source,
    };
    if (skipped === 0) return { desk: opened, notices: others };
    const text = `${skipped} ${skipped === 1 ? 'account' : 'accounts'} of ${name} could not be read and are not on the desk.`;
    return { desk: opened, notices: addNotice(others, { kind: 'desk', severity: 'warning', text, faults: [] }) };
  });
}

/** Shows the view that the page's address names, and opens its accounts. Resolves when both are answered; at once without one. */
export function startDesk(actions: DeskActions, link: string): Promise<unknown> {
  const view = decodeDeskLink(link);
  if (!view) return Promise.resolve();
  const { source, filter, sort, ladder } = view;
  if (ladder) actions.panels(ladder);
  const answers: Promise<unknown>[] = [actions.query(sort.length > 0 ? { filter, sort } : { filter })];
  if (source?.kind === 'population') answers.push(actions.openPopulation(source.accounts, source.seed));
  if (source?.kind === 'book') answers.push(actions.openBook());
  return Promise.all(answers);
}
