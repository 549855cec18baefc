/** The protocol's types, for the view: it may not look past the store. */
export type * from '../session/protocol.ts';
