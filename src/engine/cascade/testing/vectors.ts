/** The vectors of the cascade chapters, and where more of them may lie. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Every vector has a shape of its own. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
export type Vector = any;

const read = (path: string | URL): readonly Vector[] => (JSON.parse(readFileSync(path, 'utf8')) as { vectors: Vector[] }).vectors;

export const vectors = read(new URL('../vectors/cascade.json', import.meta.url));

export const vectorOf = (id: string): Vector => {
  const found = vectors.find((vector) => vector.id === id);
  if (!found) throw new Error(`no vector ${id}`);
  return found;
};

export const vectorsOf = (prefix: string): readonly (readonly [string, Vector])[] =>
  vectors.filter(({ id }) => id.startsWith(prefix)).map((vector) => [vector.id, vector] as const);

/** The same file as the shared reference has it, where that lies beside the project. */
export function sharedVectors(): readonly Vector[] | undefined {
  const path = resolve(process.cwd(), '../shared/science/test-vectors.json');
  return existsSync(path) ? read(path) : undefined;
}
