import { useRef } from 'react';
import { selectIsLive, selectSpeed } from '../../store/selectors.ts';
import { useActions, useApp } from '../shared/app-context.tsx';

export interface Pause {
  readonly isPaused: boolean;
  /** The speed it runs at, or would run at. */
  readonly speed: number;
  readonly toggle: () => void;
  readonly setSpeed: (speed: number) => void;
}

/** Pausing and running again at the speed it had. */
export function usePause(): Pause {
  const actions = useActions();
  const running = useApp(selectSpeed);
  const last = useRef(1);
  if (running > 0) last.current = running;
  const isPaused = running === 0;
  const isLive = useApp(selectIsLive);
  return {
    isPaused,
    speed: last.current,
    toggle: () => {
      // A live feed's clock is the world's.
      if (!Number.isNaN(running) && !isLive) actions.setSpeed(isPaused ? last.current : 0);
    },
    setSpeed: (speed) => {
      last.current = speed;
      actions.setSpeed(speed);
    },
  };
}
