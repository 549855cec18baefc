/** Inputs that are almost right: one value of a JSON document replaced or taken out. */
import fc from 'fast-check';

type Path = readonly (string | number)[];

/** Paths of every value in `document`, the whole of it first. */
export function pathsOf(document: unknown, path: Path = []): Path[] {
  if (typeof document !== 'object' || document === null) return [path];
  return [path, ...Object.entries(document).flatMap(([key, value]) => pathsOf(value, [...path, key]))];
}

/** A copy of `document` with `value` at `path`; undefined takes the field out. */
export function withValue(document: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof document !== 'object' || document === null) return document;
  const copy = (Array.isArray(document) ? [...document] : { ...document }) as Record<string | number, unknown>;
  const replaced = withValue(copy[key], rest, value);
  if (replaced === undefined) delete copy[key];
  else copy[key] = replaced;
  return copy;
}

/** What people and faulty programs put where a value belongs. */
const WRONG: readonly unknown[] = [
  undefined,
  null,
  true,
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  'NaN',
  'Infinity',
  '1e400',
  '1e39',
  '0x10',
  'x',
  -1,
  1e30,
  [],
  {},
  ['1'],
  { size: '1' },
];

/** `document` with one wrong value somewhere. */
export function mutations(document: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(document);
  return fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...WRONG)).map(([path, value]) => withValue(document, path, value) ?? null);
}
