/** What the fills of a bar stand for. */
import styles from './panels.module.css';

interface KeyProps {
  readonly first: string;
  readonly second: string;
  readonly third?: string | undefined;
}

export function Key({ first, second, third }: KeyProps) {
  return (
    <>
      <span className={styles.key}>
        <span className={styles.plain} aria-hidden="true" />
        {first}
      </span>
      <span className={styles.key}>
        <span className={styles.hatched} aria-hidden="true" />
        {second}
      </span>
      {third && (
        <span className={styles.key}>
          <span className={styles.faint} aria-hidden="true" />
          {third}
        </span>
      )}
    </>
  );
}
