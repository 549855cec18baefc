/** Everything the page can do. Each sends an intent to the engine or changes a setting; none computes a figure. */
import type { StoreApi } from 'zustand/vanilla';
import type { Answer, AnswerFrame, Client, Request } from '../session/client.ts';
import type { Edit, FeedSpec, WhatIfSpec, WorkingView } from '../session/protocol.ts';
import { addNotice, dropNotices } from './notices.ts';
import { EMPTY_LAYOUT, type SettingsStorage, writeSettings } from './settings.ts';
import type { AppState, Settings, TableLayout } from './types.ts';

type Loaded = AnswerFrame<'load'>;
type CureRequest = Extract<Request, { readonly kind: 'alarm-cures' | 'alarm-closure' | 'alarm-closures' }>;
type JournalRequest = Extract<Request, { readonly kind: `journal-${string}` }>;

export interface Actions {
  /** A file or a paste: a book, or a venue's own response. Faults come back and are kept as a notice. */
  readonly loadText: (name: string, text: string, meta?: string) => Promise<Answer<Loaded>>;
  readonly loadDemo: () => Promise<Answer<Loaded>>;
  readonly selectAccount: (account: string) => Promise<Answer<unknown>>;
  /** A refused edit changes nothing; its faults point into the record. */
  readonly edit: (edit: Edit) => Promise<Answer<unknown>>;
  readonly undo: () => Promise<Answer<unknown>>;
  readonly redo: () => Promise<Answer<unknown>>;
  readonly setFeed: (feed: FeedSpec) => Promise<Answer<unknown>>;
  /** Multiple of real time; 0 pauses. */
  readonly setSpeed: (speed: number) => void;
  readonly seek: (timeMs: number) => Promise<Answer<unknown>>;
  readonly step: (steps: number) => Promise<Answer<unknown>>;
  /** Moves as decimal text: `-0.1` is a fall of 10 %. */
  readonly setWhatIf: (spec: WhatIfSpec) => void;
  readonly moveMarket: (market: string, move: string) => void;
  readonly moveAll: (move: string) => void;
  readonly clearWhatIf: () => void;
  readonly explain: (figure: string, at?: { readonly pool?: string; readonly position?: number }) => Promise<Answer<WorkingView>>;
  /** The book as loaded and edited, as leverage-book/1 text. */
  readonly exportBook: () => Promise<Answer<string>>;
  /** Rules as `alarm-rules/1` text; null: the shipped ones. Faults point into the text, and then nothing changed. */
  readonly setAlarmRules: (text: string | null) => Promise<Answer<unknown>>;
  readonly acknowledgeAlarm: (episode: string) => Promise<Answer<unknown>>;
  readonly snoozeAlarm: (episode: string, forMs: number) => Promise<Answer<unknown>>;
  /** Cures and closures of the account that is shown. */
  readonly cure: <R extends CureRequest>(request: R) => Promise<Answer<AnswerFrame<R['kind']>>>;
  readonly journal: <R extends JournalRequest>(request: R) => Promise<Answer<AnswerFrame<R['kind']>>>;
  readonly dismissNotice: (id: number) => void;
  readonly changeSettings: (change: Partial<Omit<Settings, 'tables'>>) => void;
  readonly changeTable: (table: string, change: Partial<TableLayout>) => void;
  /** Only for tests of the restart; refused unless the page was opened for debugging. */
  readonly crashEngine: Client['crash'];
}

const NO_MOVES: WhatIfSpec = { moves: {}, all: '0' };

/** The actions over one store and one client. */
export function createActions(store: StoreApi<AppState>, client: Client, storage: SettingsStorage): Actions {
  const edit = (change: Edit) => client.request({ kind: 'edit', edit: change });
  const setWhatIf = (spec: WhatIfSpec): void => {
    store.setState(({ whatIf }) => ({ whatIf: { spec, account: whatIf?.account ?? null, evaluated: whatIf?.evaluated ?? null } }));
    void client.whatIf(spec).then((answer) => {
      if (!answer.ok && !answer.superseded) leaveAfterFault(store, spec, answer.faults);
    });
  };
  const currentSpec = (): WhatIfSpec => store.getState().whatIf?.spec ?? NO_MOVES;
  const setSettings = (settings: Settings): void => {
    store.setState({ settings });
    writeSettings(storage, settings);
  };

  return {
    loadText: (name, text, meta) => {
      const request = { kind: 'load', name, text } as const;
      return client.request(meta === undefined ? request : { ...request, meta }).then((answer) => takeLoaded(store, name, answer));
    },
    loadDemo: () => client.request({ kind: 'load-demo' }).then((answer) => takeLoaded(store, 'demo', answer)),
    selectAccount: (account) => client.request({ kind: 'select-account', account }),
    edit,
    undo: () => edit({ kind: 'undo' }),
    redo: () => edit({ kind: 'redo' }),
    setFeed: (feed) => client.request({ kind: 'feed', feed }),
    setSpeed: (speed) => client.setSpeed(speed),
    seek: (timeMs) => client.request({ kind: 'feed-seek', timeMs }),
    step: (steps) => client.request({ kind: 'feed-step', steps }),
    setWhatIf,
    moveMarket: (market, move) => setWhatIf({ ...currentSpec(), moves: { ...currentSpec().moves, [market]: move } }),
    moveAll: (move) => setWhatIf({ ...currentSpec(), all: move }),
    clearWhatIf: () => {
      store.setState({ whatIf: null });
      void client.whatIf(null);
    },
    explain: (figure, at = {}) =>
      client
        .request({ kind: 'explain', figure, ...at })
        .then((answer): Answer<WorkingView> => (answer.ok ? { ok: true, value: answer.value.working } : answer)),
    exportBook: () =>
      client.request({ kind: 'export' }).then((answer): Answer<string> => (answer.ok ? { ok: true, value: answer.value.text } : answer)),
    setAlarmRules: (text) => client.request({ kind: 'alarm-rules', text }),
    acknowledgeAlarm: (episode) => client.request({ kind: 'alarm-acknowledge', episode }),
    snoozeAlarm: (episode, forMs) => client.request({ kind: 'alarm-snooze', episode, forMs }),
    cure: (request) => client.request(request),
    journal: (request) => client.request(request),
    dismissNotice: (id) => store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
    changeSettings: (change) => setSettings({ ...store.getState().settings, ...change }),
    changeTable: (table, change) => {
      const { settings } = store.getState();
      const layout = { ...(settings.tables[table] ?? EMPTY_LAYOUT), ...change };
      setSettings({ ...settings, tables: { ...settings.tables, [table]: layout } });
    },
    crashEngine: client.crash,
  };
}

/** A what-if that could not be evaluated is left, and said so, unless the user has moved on. */
function leaveAfterFault(store: StoreApi<AppState>, spec: WhatIfSpec, faults: AppState['notices'][number]['faults']): void {
  store.setState((state) => {
    if (state.whatIf?.spec !== spec) return state;
    const text = `The what-if was left: ${faults[0]?.message ?? 'it could not be evaluated'}.`;
    return { whatIf: null, notices: addNotice(state.notices, { kind: 'fault', severity: 'warning', text, faults }) };
  });
}

/** What could not be read of a file is kept as a notice until the next one. */
function takeLoaded(store: StoreApi<AppState>, name: string, answer: Answer<Loaded>): Answer<Loaded> {
  const faults = answer.ok ? answer.value.faults : answer.faults;
  store.setState((state) => {
    const others = dropNotices(state.notices, 'file');
    if (faults.length === 0) return { notices: others };
    const text = answer.ok ? `Part of ${name} could not be read.` : `${name} could not be read; what was shown before still stands.`;
    return { notices: addNotice(others, { kind: 'file', severity: answer.ok ? 'warning' : 'error', text, faults }) };
  });
  return answer;
}
