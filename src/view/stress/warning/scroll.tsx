/** A table that may be wider than its place: it scrolls, and keys reach it. */
import type { ReactNode } from 'react';
import styles from './warning.module.css';

export function Scroll({ children }: { readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    // biome-ignore lint/a11y/useSemanticElements: no set of fields
    <div className={styles.scroll} role="group" tabIndex={0} aria-label="Table, scrolls sideways">
      {children}
    </div>
  );
}
