/** A distance as a bar: full is far, empty is liquidation. Its word and number stand beside it. */
import styles from './distance-bar.module.css';

/** Distance that fills the bar. */
const FULL = 0.5;

/** Per cent of the bar for a distance; on a root scale, so that the first few per cent can be told apart. */
export const barShare = (distance: number): number =>
  Number.isNaN(distance) ? 0 : Math.sqrt(Math.min(1, Math.max(0, distance) / FULL)) * 100;

export function DistanceBar({ distance }: { readonly distance: number }) {
  return (
    <span className={styles.track} aria-hidden="true">
      <span className={styles.fill} style={{ inlineSize: `${barShare(distance)}%` }} />
    </span>
  );
}
