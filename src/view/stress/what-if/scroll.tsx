/** A table that may be wider than its place: it scrolls, and keys reach it. */
import type { ReactNode } from 'react';
import styles from './what-if.module.css';

export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={styles.scroll} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
