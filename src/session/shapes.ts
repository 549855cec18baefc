/** Shapes of plain data: functions that say whether a value has one. What a message may hold is spelled in these. */
export type Raw = Readonly<Record<string, unknown>>;
export type Shape = (value: unknown) => boolean;

export const isRecord = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isString: Shape = (value) => typeof value === 'string';
export const isBoolean: Shape = (value) => typeof value === 'boolean';
export const isNumber: Shape = (value) => Number.isFinite(value);
export const isIndex: Shape = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const isInteger: Shape = (value) => Number.isSafeInteger(value);
export const isTime: Shape = (value) => Number.isFinite(value) && Math.abs(value as number) <= 8.64e15;
export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value);
export const oneOf =
  (...words: readonly string[]): Shape =>
  (value) =>
    words.includes(value as string);
export const nullable =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);

/** Text by key; as many and as long as a record of a book may be. */
export const isTextRecord: Shape = (value) =>
  isRecord(value) &&
  Object.keys(value).length <= 5_000 &&
  Object.values(value).every((text) => typeof text === 'string' && text.length <= 1_000);

export const hasShape =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    isRecord(value) && Object.entries(shapes).every(([key, shape]) => shape(Object.hasOwn(value, key) ? value[key] : undefined));

/** A union by its `kind`. */
export const byKind =
  (kinds: Readonly<Record<string, Shape>>): Shape =>
  (value) =>
    isRecord(value) && typeof value.kind === 'string' && Object.hasOwn(kinds, value.kind) && (kinds[value.kind] as Shape)(value);

export type Kinds<T extends { readonly kind: string }> = Readonly<Record<T['kind'], Shape>>;
