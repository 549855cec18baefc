/** A queue that never grows beyond its bound: the oldest item makes room (rule FD-7). */
interface BoundedQueue<T> {
  /** Adds `item`; returns whether the oldest had to go for it. */
  readonly push: (item: T) => boolean;
  /** Everything in it, oldest first; it is empty then. */
  readonly drain: () => T[];
}

export const createBoundedQueue = <T>(max: number): BoundedQueue<T> => {
  let items: T[] = [];
  let head = 0;
  return {
    push: (item) => {
      items.push(item);
      const isOver = items.length - head > max;
      if (isOver) head++;
      if (head > max) {
        items = items.slice(head);
        head = 0;
      }
      return isOver;
    },
    drain: () => {
      const drained = head === 0 ? items : items.slice(head);
      items = [];
      head = 0;
      return drained;
    },
  };
};
