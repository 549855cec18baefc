/** The pools of an account as the page names and chooses them. */
import type { AccountView, PoolView } from '../../store/types.ts';
import { severityOf } from '../format/words.ts';

/** What gauges and tiles show: a pool's figures with its own state, and how the engine is asked about them. */
export interface Shown extends Pick<PoolView, 'riskState' | 'bands' | 'cells'> {
  readonly name: string;
  /** Its id; null where it is what the account itself stands for. */
  readonly pool: string | null;
  /** The pools it covers. */
  readonly covers: readonly string[];
}

/** `isolated:hl:SOL:1` → `isolated hl:SOL`. */
export const poolName = (id: string): string => id.replace(/^isolated:(.*):\d+$/, 'isolated $1').replace(/^cross:/, 'cross ');

/**
 * The account's own figures first, then every pool that they do not cover. Isolated pools are never covered: their figures are
 * not in the account's. A sole shared pool is what the account's figures are, so it is not listed twice and gives its name and state.
 */
export const choicesOf = (account: AccountView): readonly Shown[] => {
  const shared = account.pools.filter(({ kind }) => kind !== 'isolated');
  const sole = shared.length === 1 ? shared[0] : undefined;
  const first: Shown = {
    name: sole ? poolName(sole.id) : 'account',
    pool: null,
    riskState: sole?.riskState ?? account.riskState,
    bands: account.bands,
    cells: account.cells,
    covers: shared.map(({ id }) => id),
  };
  const rest = account.pools
    .filter(({ id }) => id !== sole?.id)
    .map((pool): Shown => ({ ...pool, name: poolName(pool.id), pool: pool.id, covers: [pool.id] }));
  // An account of isolated positions only has nothing of its own to show first.
  return shared.length === 0 && rest.length === 1 ? rest : [first, ...rest];
};

/** The one pool that is shown; '' for several together. */
export const solePool = ({ covers }: Shown): string => (covers.length === 1 ? covers[0]! : '');

/** The choice with that id, or the first. */
export const shownOf = (account: AccountView, pool: string | null): Shown => {
  const choices = choicesOf(account);
  return choices.find((choice) => choice.pool === pool) ?? choices[0]!;
};

/** The pools that are worse off than what is shown, or of which something is not known. Where that is so of what is shown, any that is not healthy. */
export const worseThan = (account: AccountView, shown: Shown): readonly PoolView[] => {
  const least = Math.max(severityOf(shown.riskState), severityOf('healthy'));
  return account.pools.filter(({ id, riskState }) => {
    if (shown.covers.includes(id) || riskState === shown.riskState) return false;
    return severityOf(riskState) < 0 || severityOf(riskState) > least;
  });
};
