/** The thin binding between React and the store: a context with the app in it, and two hooks. */
import { createContext, type ReactNode, use, useEffect, useRef, useState, useSyncExternalStore } from 'react';
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

/**
 * As `useApp`, at most once in `intervalMs`, the last value always in the end: for tables and charts, whose digits nobody reads
 * faster. What the session says twice a second is not drawn sixty times.
 */
export function useAppEvery<T>(selector: (state: AppState) => T, intervalMs: number): T {
  const { store } = useAppObject();
  const [value, setValue] = useState(() => selector(store.getState()));
  const shownAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      timer = undefined;
      shownAt.current = performance.now();
      setValue(() => selector(store.getState()));
    };
    const changed = (): void => {
      if (timer !== undefined) return;
      const wait = shownAt.current + intervalMs - performance.now();
      if (wait <= 0) show();
      else timer = setTimeout(show, wait);
    };
    changed();
    const stop = store.subscribe(changed);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store, selector, intervalMs]);
  return value;
}
