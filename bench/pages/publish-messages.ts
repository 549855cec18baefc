/** What page and worker of the publishing bench say to each other. */

export const ACCOUNTS = 1_000_000;
export const COLUMNS = 8;

export type Request =
  | { readonly way: 'open' }
  | { readonly way: 'clone' }
  | { readonly way: 'shared' }
  /** The buffer that the page gives back; the worker fills it and returns it. */
  | { readonly way: 'transfer'; readonly buffer: ArrayBuffer };

export interface Reply {
  readonly tick: number;
  readonly columns?: readonly Float64Array[];
  readonly buffer?: ArrayBuffer;
  readonly shared?: SharedArrayBuffer | null;
}
