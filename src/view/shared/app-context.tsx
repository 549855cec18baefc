/** The thin binding between React and the store: a context with the app in it, and two hooks. */
import { createContext, type ReactNode, use, useCallback, useRef, useSyncExternalStore } from 'react';
import type { App } from '../../store/index.ts';
import type { AppState } from '../../store/types.ts';

const AppContext = createContext<App | null>(null);

export function AppProvider({ app, children }: { readonly app: App; readonly children: ReactNode }) {
  return <AppContext value={app}>{children}</AppContext>;
}

const useAppObject = (): App => {
  const app = use(AppContext);
  if (!app) throw new Error('a component that needs the store was rendered outside AppProvider');
  return app;
};

/** What `selector` reads of the state; renders again when that changes. Selectors of `store/selectors.ts` are stable. */
export function useApp<T>(selector: (state: AppState) => T): T {
  const { store } = useAppObject();
  return useSyncExternalStore(store.subscribe, () => selector(store.getState()));
}

/** The store itself, for what is painted without React. */
export const useAppStore = (): App['store'] => useAppObject().store;

export const useActions = (): App['actions'] => useAppObject().actions;

/** Brings the desk's part of the store; `useActions().desk` is there where it has resolved. */
export const useLoadDesk = (): App['loadDesk'] => useAppObject().loadDesk;

/** Brings what asks the studies' worker. */
export const useLoadStudies = (): App['loadStudies'] => useAppObject().loadStudies;

/** Brings what asks for stress. */
export const useLoadStress = (): App['loadStress'] => useAppObject().loadStress;

/** Brings what watches addresses. */
export const useLoadAddresses = (): App['loadAddresses'] => useAppObject().loadAddresses;

/** What comes this much of the interval too early is shown with what brings it: a frame of its own costs more. */
const EARLY = 0.25;

/** Grace after the interval, ms: what comes next in the stream is waited for, so that both are one frame's work. */
const GRACE_MS = 150;

/**
 * As `useApp`, at most once in `intervalMs`, the last value always in the end: for tables and charts, whose digits nobody reads
 * faster. What the session says twice a second is not drawn sixty times. It is drawn together with the change that brings it: a frame
 * costs the browser more than what is in it.
 */
export function useAppEvery<T>(selector: (state: AppState) => T, intervalMs: number): T {
  const { store } = useAppObject();
  const shown = useRef<{ readonly selector: typeof selector; readonly value: T; readonly atMs: number } | null>(null);
  const look = useCallback(() => {
    shown.current = { selector, value: selector(store.getState()), atMs: performance.now() };
  }, [store, selector]);
  const subscribe = useCallback(
    (onChange: () => void) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const show = (): void => {
        clearTimeout(timer);
        timer = undefined;
        look();
        onChange();
      };
      const changed = (): void => {
        const wait = (shown.current?.atMs ?? Number.NEGATIVE_INFINITY) + intervalMs - performance.now();
        if (wait <= intervalMs * EARLY) show();
        else timer ??= setTimeout(show, wait + GRACE_MS);
      };
      const stop = store.subscribe(changed);
      changed();
      return () => {
        stop();
        clearTimeout(timer);
      };
    },
    [store, intervalMs, look],
  );
  return useSyncExternalStore(subscribe, () => {
    if (shown.current?.selector !== selector) look();
    return shown.current!.value;
  });
}
