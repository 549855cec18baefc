/** Two tabs that tell the same: within this it is one alarm, beyond it a passage that is seen again. */
const ECHO_MS = 60_000;

interface Named {
  readonly id: string;
}

export interface Told {
  /**
   * Those of `own` and `others` that were not heard yet, in this order, at `nowMs` of any clock that never goes back. The engine says a
   * thing once: the same id from it a second time is a passage seen again, and is heard again, unless another tab told it just now.
   * `others` may hold what was heard already.
   */
  readonly fresh: <T extends Named>(own: readonly T[], others: readonly T[], nowMs: number) => readonly T[];
}

export function createTold(): Told {
  /** When each was heard last, and by whom it was told. */
  const heard = new Map<string, { readonly atMs: number; readonly isOwn: boolean }>();
  const seen = new WeakSet<Named>();
  return {
    fresh: (own, others, nowMs) => {
      for (const [id, { atMs }] of heard) if (nowMs - atMs > ECHO_MS) heard.delete(id);
      const freshOwn = own.filter(({ id }) => heard.get(id)?.isOwn !== false);
      for (const { id } of freshOwn) heard.set(id, { atMs: nowMs, isOwn: true });
      const freshOthers = others.filter((one) => !seen.has(one) && !heard.has(one.id));
      for (const one of others) seen.add(one);
      for (const { id } of freshOthers) heard.set(id, { atMs: nowMs, isOwn: false });
      return [...freshOwn, ...freshOthers];
    },
  };
}
