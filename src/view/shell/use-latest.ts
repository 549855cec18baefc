import { useMemo } from 'react';

/**
 * Wraps an asynchronous call so that only one runs at a time and, of those asked for meanwhile, only the newest follows:
 * for a slider that asks for more than can be answered.
 */
export function useLatest<T>(call: (value: T) => Promise<unknown>): (value: T) => void {
  return useMemo(() => latestOnly(call), [call]);
}

/** The same without React. */
export function latestOnly<T>(call: (value: T) => Promise<unknown>): (value: T) => void {
  let isRunning = false;
  let waiting: { readonly value: T } | null = null;
  const run = (value: T): void => {
    isRunning = true;
    const done = (): void => {
      isRunning = false;
      const next = waiting;
      waiting = null;
      if (next) run(next.value);
    };
    call(value).then(done, done);
  };
  return (value) => {
    if (isRunning) waiting = { value };
    else run(value);
  };
}
