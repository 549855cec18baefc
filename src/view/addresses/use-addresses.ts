/** What the panels of watched addresses share: the store's part, the newest frame, and how old what it says is. */
import { createContext, use, useSyncExternalStore } from 'react';
import { addressKey } from '../../domain/account-sources.ts';
import { selectEngineTrouble } from '../../store/selectors.ts';
import type { AddressesActions, AddressesFrame, AddressesPart, AddressesState, WatchedEntry } from '../../store/types.ts';
import { useApp } from '../shared/app-context.tsx';

export const AddressesContext = createContext<AddressesPart | null>(null);

const usePart = (): AddressesPart => {
  const part = use(AddressesContext);
  if (!part) throw new Error('a panel of watched addresses was rendered outside its page');
  return part;
};

/** What `selector` reads of the state; renders again when that changes. The selector returns what is there, nothing new. */
export function useAddresses<T>(selector: (state: AddressesState) => T): T {
  const { store } = usePart();
  return useSyncExternalStore(store.subscribe, () => selector(store.getState()));
}

export const useAddressesActions = (): AddressesActions => usePart().actions;

/** The frame that the panels show. Null before the engine has said anything. */
export const FrameContext = createContext<AddressesFrame | null>(null);
export const useFrame = (): AddressesFrame | null => use(FrameContext);

/** Why nothing here is trusted, whatever a row says of itself: the engine is silent, gone, or being started again; '' while it speaks. */
export function useTrouble(): string {
  const engine = useApp(selectEngineTrouble);
  const hasFrame = useAddresses(selectHasFrame);
  const shown = useFrame();
  return engine || (shown !== null && !hasFrame ? 'engine restarting' : '');
}
const selectHasFrame = ({ frame }: AddressesState): boolean => frame !== null;

/** Labels by `addressKey`. */
export const labelsOf = (list: readonly WatchedEntry[]): ReadonlyMap<string, string> =>
  new Map(list.map((entry) => [addressKey(entry), entry.label]));

const TICK_MS = 1000;
let nowMs = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribeToSeconds(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const tell of listeners) tell();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** This device's clock, moved on once a second, for all ages of the page together. */
export const useNow = (): number =>
  useSyncExternalStore(subscribeToSeconds, () => {
    if (timer === undefined) nowMs = Date.now();
    return nowMs;
  });
