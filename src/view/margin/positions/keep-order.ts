/** Holds the order of rows while they are read. */

/** `rows` in the order of `order`; a row that is not in it goes to the end, in its own order. */
export const keepOrder = <T>(rows: readonly T[], order: readonly string[], idOf: (row: T) => string): T[] => {
  const rank = new Map(order.map((id, index) => [id, index]));
  return [...rows].sort((a, b) => (rank.get(idOf(a)) ?? order.length) - (rank.get(idOf(b)) ?? order.length));
};
