/** Engines for tests. */
import { createEngine } from '../../engine.ts';
import type { HostedEngine } from '../../transport.ts';
import { DESK_MODULE } from '../index.ts';
import type { DeskMemory } from '../opened.ts';

/** An engine that has its desk from the first moment. */
export function createWholeEngine(memory?: DeskMemory): HostedEngine {
  const engine = createEngine(memory);
  engine.takeDesk(DESK_MODULE);
  return engine;
}
