/** Name under which the layout of the accounts table is remembered. */
export const TABLE = 'desk';
