/** What a worker of the pool does with its messages: it keeps the plan that it was given last, and plays pieces of it. Rule ST-21. */
import { PathPlayer, playPaths } from '../../engine/stress-columns/paths.ts';
import type { PathAsk, PathInput } from './path-run.ts';

/** Answers one message; a plan, and a piece of one that it has not, have no answer. */
export function createPathWorker(): (ask: PathAsk) => Extract<PathInput, { readonly kind: 'stress-piece' }> | undefined {
  let held: { readonly order: number; readonly player: PathPlayer } | undefined;
  return (ask) => {
    if (ask.kind === 'plan') {
      held = { order: ask.order, player: new PathPlayer(ask.plan) };
      return undefined;
    }
    if (held?.order !== ask.order) return undefined;
    return { kind: 'stress-piece', order: ask.order, piece: playPaths(held.player, ask.from, ask.count) };
  };
}
