import { useSyncExternalStore } from 'react';

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (notify) => {
      const list = matchMedia(query);
      list.addEventListener('change', notify);
      return () => list.removeEventListener('change', notify);
    },
    () => matchMedia(query).matches,
  );
}

/** Below this width positions are cards and the what-if is a sheet. */
export const NARROW = '(max-width: 639px)';
/** Below this width there is no room for a third column. */
export const COMPACT = '(max-width: 1099px)';
