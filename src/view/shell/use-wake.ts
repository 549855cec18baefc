/** Tells the engine that page, network or machine are back: what waits to be tried again need not wait. */
import { useEffect } from 'react';
import { useActions } from '../shared/app-context.tsx';

export function useWake(): void {
  const actions = useActions();
  useEffect(() => {
    const shown = (): void => {
      if (document.visibilityState === 'visible') actions.wake();
    };
    const back = (): void => actions.wake();
    document.addEventListener('visibilitychange', shown);
    document.addEventListener('resume', back);
    window.addEventListener('online', back);
    return () => {
      document.removeEventListener('visibilitychange', shown);
      document.removeEventListener('resume', back);
      window.removeEventListener('online', back);
    };
  }, [actions]);
}
