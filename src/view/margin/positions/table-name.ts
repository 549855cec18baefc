/** Name under which the layout of the positions table is remembered. */
export const TABLE = 'positions';
