import { useLayoutEffect, useRef, useState } from 'react';
import { keepOrder } from './keep-order.ts';

/** Handlers for the element whose rows are held. */
interface Hold {
  readonly onPointerEnter: () => void;
  readonly onPointerLeave: () => void;
  readonly onFocus: () => void;
  readonly onBlur: () => void;
}

/**
 * Rows do not jump under the pointer or the focus: while either is inside, `rows` keep the order they had. A new `sorting`, asked
 * for by the user, is obeyed at once.
 */
export function useHeldOrder<T extends { readonly id: string }>(rows: readonly T[], sorting: unknown): readonly [readonly T[], Hold] {
  const [isPointed, setIsPointed] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const shown = useRef<{ readonly order: readonly string[]; readonly sorting: unknown }>({ order: [], sorting });
  const isHeld = (isPointed || isFocused) && shown.current.sorting === sorting;
  const held = isHeld ? keepOrder(rows, shown.current.order, ({ id }) => id) : rows;
  useLayoutEffect(() => {
    shown.current = { order: held.map(({ id }) => id), sorting };
  });
  return [
    held,
    {
      onPointerEnter: () => setIsPointed(true),
      onPointerLeave: () => setIsPointed(false),
      onFocus: () => setIsFocused(true),
      onBlur: () => setIsFocused(false),
    },
  ];
}
