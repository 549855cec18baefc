/** A distance as a bar: full is far, empty is liquidation. Its word and number stand beside it. */
import { BUFFER_SCALE, placeOn } from '../bar-geometry.ts';
import styles from './distance-bar.module.css';

export function DistanceBar({ distance }: { readonly distance: number }) {
  return (
    <span className={styles.track} aria-hidden="true">
      <span className={styles.fill} style={{ inlineSize: `${placeOn(BUFFER_SCALE, distance)}%` }} />
    </span>
  );
}
