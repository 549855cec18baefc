/** The session with its state kept in one place: what a host runs. */
import { checkCommand } from './check-command.ts';
import { bookPrices } from './prices.ts';
import { emptySession, step } from './session.ts';
import type { HostedEngine } from './transport.ts';

/** A session with nothing loaded. */
export function createEngine(): HostedEngine {
  let state = emptySession();
  return {
    check: checkCommand,
    step: (input, nowMs) => {
      const next = step(state, input, { nowMs });
      state = next.state;
      return next.frames;
    },
    simulationStart: () => {
      const book = state.loaded?.original;
      if (!book) return undefined;
      const startPrices = Object.fromEntries([...bookPrices(book)].map(([market, price]) => [market, price.toFixed()]));
      return { startMs: Date.parse(book.asOf), startPrices };
    },
  };
}
