/** State of the price stream: shape, word and age, wherever it is named. */
import { selectEngineTrouble } from '../../store/selectors.ts';
import type { FeedState, RiskState, SourceView } from '../../store/types.ts';
import { FEED_WORDS } from '../format/words.ts';
import { useApp } from '../shared/app-context.tsx';
import { StateShape } from '../ui/state-shape.tsx';
import styles from './feed-state.module.css';

const SHAPES: Readonly<Record<FeedState, RiskState>> = {
  connecting: 'indeterminate',
  live: 'healthy',
  delayed: 'watch',
  stale: 'stale',
  lost: 'liquidation',
  ended: 'stale',
};

/** What the feed is doing, in one word. Paused is the user's own doing and says so. */
export const feedWord = (source: SourceView): string => {
  if (source.kind === 'none') return 'no feed';
  if (source.speed === 0 && source.status.state === 'live') return 'paused';
  return FEED_WORDS[source.status.state];
};

export function FeedStateWord({ source }: { readonly source: SourceView }) {
  const trouble = useApp(selectEngineTrouble);
  const state = source.kind === 'none' ? 'indeterminate' : trouble ? 'liquidation' : SHAPES[source.status.state];
  return (
    <span className={styles.state} data-state={state} title={source.status.detail}>
      <StateShape state={state} size={10} /> {trouble || feedWord(source)}
    </span>
  );
}
