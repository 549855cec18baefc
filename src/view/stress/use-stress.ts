/** What the panels of stress share: the store's part, and how it is read. */
import { createContext, use, useSyncExternalStore } from 'react';
import type { StressActions, StressPart, StressState } from '../../store/types.ts';

export const StressContext = createContext<StressPart | null>(null);

const usePart = (): StressPart => {
  const part = use(StressContext);
  if (!part) throw new Error('a panel of stress was rendered outside its page');
  return part;
};

/** What `selector` reads of the state of stress; renders again when that changes. The selector returns what is there, nothing new. */
export function useStress<T>(selector: (state: StressState) => T): T {
  const { store } = usePart();
  return useSyncExternalStore(store.subscribe, () => selector(store.getState()));
}

export const useStressActions = (): StressActions => usePart().actions;
