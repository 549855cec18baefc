/**
 * The store's part for stress, which arrives with the first visit to its page and has a state of its own: what is tried out, and of each
 * kind of work the newest request with its progress, its newest result and what was wrong. None of it touches the live figures.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Fault } from '../domain/fault.ts';
import type { Answer, AnswerFrame, Client, Request } from '../session/client.ts';
import type { ScenarioFrame, ScenarioPreset, ScenarioTransfer, ScenarioVenue, SingleEdit } from '../session/protocol.ts';
import {
  NO_SCENARIO,
  STRESS_CANCELLED,
  STRESS_SUPERSEDED,
  type StressFrame,
  type StressScenario,
  type StressWork,
} from '../session/protocol.ts';

/** Whom the page asks about: the account of the margin page, exactly, or all accounts that are open on the desk. */
export type StressScope = 'account' | 'desk';

/** Work over many accounts, the one account exactly, and R as prices move. */
export type StressKind = StressWork | 'scenario-account' | 'stress-watch';

/** Something that is asked of the engine, whole. */
export type StressRequest<K extends StressKind = StressKind> = Extract<Request, { readonly kind: K }>;
export type StressResult<K extends StressKind = StressKind> = Extract<StressFrame | ScenarioFrame, { readonly kind: K }>;

/** One kind of work: what was asked last, and what came of it. */
export interface StressTask<K extends StressKind = StressKind> {
  /** The newest request that was sent; null before the first. */
  readonly request: StressRequest<K> | null;
  readonly isRunning: boolean;
  /** 0 … 1 while it runs, and the rounds and accounts of a cascade so far. */
  readonly fraction: number;
  readonly rounds: number;
  readonly closed: number;
  /** The newest result, also of an earlier request while a newer one runs; `answers` says of which. */
  readonly result: StressResult<K> | null;
  readonly answers: StressRequest<K> | null;
  readonly faults: readonly Fault[];
}

export type StressTasks = { readonly [K in StressKind]: StressTask<K> };

/** What of the account itself is tried out, before any price moves. */
export interface StressChanges {
  readonly edits: readonly SingleEdit[];
  readonly transfers: readonly ScenarioTransfer[];
  /** The venue by whose rules it is read; null: its own. */
  readonly venue: string | null;
}

/** Falls of the past, and venues; what does not change while the page is open. */
export interface StressCatalog {
  readonly presets: readonly ScenarioPreset[];
  readonly venues: readonly ScenarioVenue[];
}

export interface StressState {
  readonly scope: StressScope;
  /** What the sliders of the page say; the scenario of every panel. */
  readonly scenario: StressScenario;
  /** Of the scenario, as its link has them. */
  readonly name: string;
  readonly volatility: string;
  readonly changes: StressChanges;
  /** Null before it was asked for. */
  readonly catalog: StressCatalog | null;
  /** What was wrong with the last link or file; the scenario before it stands. */
  readonly linkFaults: readonly Fault[];
  readonly tasks: StressTasks;
  /** R as it was measured under the watch that stands, oldest first. */
  readonly measured: readonly Measured[];
}

export interface Measured {
  /** The feed's clock; NaN without a feed. */
  readonly clockMs: number;
  readonly reproduction: number;
}

/** Measurements that are kept: a quarter of an hour and more. */
const MEASURED_MAX = 1_000;

export interface StressActions {
  readonly setScope: (scope: StressScope) => void;
  /** Changed by hand it is nobody's any more: its name goes, unless one is given. */
  readonly setScenario: (scenario: StressScenario, name?: string) => void;
  readonly setChanges: (change: Partial<StressChanges>) => void;
  /** The scenario of a link or of a file; of a bad one the faults are kept, and what stood stands. */
  readonly openLink: (text: string) => Promise<void>;
  /** Text of a link to the scenario. Tables and changes of the account have no place in it. */
  readonly link: () => Promise<Answer<string>>;
  readonly loadCatalog: () => Promise<void>;
  /** Sends a request at once; what of its kind is under way ends. Progress and results are in `tasks`. */
  readonly run: <K extends StressKind>(request: StressRequest<K>) => Promise<Answer<unknown>>;
  /** One in flight; of those asked for meanwhile only the newest follows: for what a slider asks. */
  readonly runLatest: (request: StressRequest) => void;
  /** Ends what is under way of a kind; null: everything. */
  readonly cancel: (of: StressWork | 'stress-watch' | null) => Promise<Answer<unknown>>;
  /** What is neither work nor state: rows of a what-if that stands, texts read and written. */
  readonly ask: <R extends StressAside>(request: R) => Promise<Answer<AnswerFrame<R['kind']>>>;
}

/** Stress commands that are answered at once. */
export type StressAside = Exclude<
  Extract<Request, { readonly kind: `stress-${string}` | `scenario-${string}` }>,
  { readonly kind: StressKind | 'stress-cancel' }
>;

export interface StressPart {
  readonly store: StoreApi<StressState>;
  readonly actions: StressActions;
}

const IDLE = { request: null, isRunning: false, fraction: 0, rounds: 0, closed: 0, result: null, answers: null, faults: [] } as const;

const INITIAL: StressState = {
  scope: 'account',
  scenario: NO_SCENARIO,
  name: '',
  volatility: '1',
  changes: { edits: [], transfers: [], venue: null },
  catalog: null,
  linkFaults: [],
  tasks: {
    'scenario-account': IDLE,
    'stress-what-if': IDLE,
    'stress-matrix': IDLE,
    'stress-cascade': IDLE,
    'stress-feedback': IDLE,
    'stress-paths': IDLE,
    'stress-distance': IDLE,
    'stress-critical': IDLE,
    'stress-crowding': IDLE,
    'stress-watch': IDLE,
  },
  measured: [],
};

/** Ended by the user or by a newer one: nothing is wrong. */
const isEnded = (faults: readonly Fault[]): boolean =>
  faults.some(({ message }) => message === STRESS_CANCELLED || message === STRESS_SUPERSEDED);

/** The part over one client. */
export function createStressPart(client: Pick<Client, 'request'>): StressPart {
  const store = createStore<StressState>()(() => INITIAL);
  const change = (kind: StressKind, next: Partial<StressTask>): void =>
    store.setState(({ tasks }) => ({ tasks: { ...tasks, [kind]: { ...tasks[kind], ...next } } }));
  const isNewest = (request: StressRequest): boolean => store.getState().tasks[request.kind].request === request;

  const run = async (request: StressRequest): Promise<Answer<unknown>> => {
    const { kind } = request;
    if (kind === 'stress-watch') store.setState({ measured: [] });
    change(kind, { request, isRunning: true, fraction: 0, rounds: 0, closed: 0, faults: [] });
    const answer: Answer<unknown> = await client.request(request, (part) => {
      if (!isNewest(request)) return;
      if (part.kind === 'stress-progress') change(kind, { fraction: part.fraction, rounds: part.rounds ?? 0, closed: part.closed ?? 0 });
      else if (part.kind === kind) change(kind, { result: part as StressResult, answers: request });
      if (part.kind === 'stress-watch')
        store.setState(({ measured }) => ({
          measured: [...measured, { clockMs: part.clockMs, reproduction: part.reproduction }].slice(-MEASURED_MAX),
        }));
    });
    if (!isNewest(request)) return answer;
    if (!answer.ok) change(kind, { isRunning: false, faults: isEnded(answer.faults) ? [] : answer.faults });
    else {
      const frame = answer.value as StressFrame | ScenarioFrame | { readonly kind: 'done' };
      const isResult = frame.kind === kind;
      change(kind, {
        isRunning: false,
        fraction: 1,
        result: isResult ? (frame as StressResult) : null,
        answers: isResult ? request : null,
      });
    }
    return answer;
  };

  const waiting = new Map<StressKind, StressRequest>();
  const inFlight = new Set<StressKind>();
  const runLatest = (request: StressRequest): void => {
    const { kind } = request;
    if (inFlight.has(kind)) {
      waiting.set(kind, request);
      return;
    }
    inFlight.add(kind);
    void run(request).finally(() => {
      inFlight.delete(kind);
      const next = waiting.get(kind);
      waiting.delete(kind);
      if (next) runLatest(next);
    });
  };

  return {
    store,
    actions: {
      setScope: (scope) => store.setState({ scope }),
      setScenario: (scenario, name = '') => store.setState({ scenario, name, linkFaults: [] }),
      setChanges: (next) => store.setState(({ changes }) => ({ changes: { ...changes, ...next } })),
      openLink: async (text) => {
        const answer = await client.request({ kind: 'scenario-read', text });
        store.setState(answer.ok ? { ...answer.value.scenario, linkFaults: [] } : { linkFaults: answer.faults });
      },
      link: async () => {
        const { name, volatility, scenario } = store.getState();
        const answer = await client.request({ kind: 'scenario-write', scenario: { name, volatility, scenario } });
        return answer.ok ? { ok: true, value: answer.value.link } : answer;
      },
      loadCatalog: async () => {
        if (store.getState().catalog) return;
        const answer = await client.request({ kind: 'scenario-presets' });
        if (answer.ok) store.setState({ catalog: { presets: answer.value.presets, venues: answer.value.venues } });
      },
      run,
      runLatest,
      cancel: (of) => {
        for (const kind of of === null ? [...waiting.keys()] : [of]) waiting.delete(kind);
        return client.request({ kind: 'stress-cancel', of });
      },
      ask: (request) => client.request(request),
    },
  };
}
