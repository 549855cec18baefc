/** A table whose headings sort it and stay while it scrolls: what the tables of positions and of watched accounts share. */
import { ChevronDown, ChevronUp } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import styles from './sorted-table.module.css';

const ARIA_SORT = { asc: 'ascending', desc: 'descending' } as const;

interface SortHeadingProps {
  readonly column: { readonly id: string; readonly kind: string; readonly help: string };
  /** As TanStack's columns say it. */
  readonly order: false | 'asc' | 'desc';
  readonly onToggle: ((event: unknown) => void) | undefined;
  readonly children: ReactNode;
}

export function SortHeading({ column: { id, kind, help }, order, onToggle, children }: SortHeadingProps) {
  return (
    <th scope="col" data-kind={kind} data-column={id} aria-sort={order ? ARIA_SORT[order] : undefined}>
      <button type="button" className={styles.sort} title={`${help}. Sort; with Shift also by this`} onClick={onToggle}>
        {children}
        {order === 'asc' && <ChevronUp size={12} aria-hidden="true" />}
        {order === 'desc' && <ChevronDown size={12} aria-hidden="true" />}
      </button>
    </th>
  );
}

/** The order of two cells. */
export const byValue = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

/** Arrow keys scroll the table sideways by about a column's width, where the focus is on the table itself. */
export const scrollByKey = (event: KeyboardEvent<HTMLElement>): void => {
  if (event.target !== event.currentTarget) return;
  if (event.key === 'ArrowRight') event.currentTarget.scrollBy({ left: 96 });
  if (event.key === 'ArrowLeft') event.currentTarget.scrollBy({ left: -96 });
};
