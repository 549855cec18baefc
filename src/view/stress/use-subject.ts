/** Whom the panels of stress ask about, and what can move for them. */
import { useMemo } from 'react';
import { selectAccount, selectDeskBook } from '../../store/selectors.ts';
import type { AccountView, AppState, DeskBook, StressScope, StressState } from '../../store/types.ts';
import { useApp } from '../shared/app-context.tsx';
import { useStress } from './use-stress.ts';

export interface Subject {
  readonly scope: StressScope;
  /** Null where there is nobody to ask about: `missing` says so. */
  readonly key: string | null;
  readonly missing: string;
  readonly unit: string;
  readonly accounts: number;
  /** By falling size where it is known. */
  readonly markets: readonly string[];
  readonly venues: readonly { readonly id: string; readonly name: string }[];
}

const selectScope = ({ scope }: StressState): StressScope => scope;
const selectUnit = (state: AppState): string => selectAccount(state)?.unit ?? 'USD';
const selectId = (state: AppState): string => selectAccount(state)?.id ?? '';
const selectVenue = (state: AppState): string => selectAccount(state)?.venue ?? '';
const selectVenueName = (state: AppState): string => selectAccount(state)?.venueName ?? '';
/** As one text, so that it is the same while nothing changes. */
const selectOwnMarkets = (state: AppState): string => marketsOf(selectAccount(state)).join('\n');

export const marketsOf = (account: Pick<AccountView, 'unit' | 'positions' | 'balances'> | null): readonly string[] => {
  if (!account) return [];
  const held = account.balances.asset.filter((asset) => asset !== account.unit);
  return [...new Set([...account.positions.base, ...held])];
};

export function useSubject(): Subject {
  const scope = useStress(selectScope);
  const book: DeskBook | null = useApp(selectDeskBook);
  const unit = useApp(selectUnit);
  const id = useApp(selectId);
  const venue = useApp(selectVenue);
  const venueName = useApp(selectVenueName);
  const own = useApp(selectOwnMarkets);
  return useMemo((): Subject => {
    if (scope === 'account')
      return {
        scope,
        key: id === '' ? null : `account ${id}`,
        missing: 'No account is loaded.',
        unit,
        accounts: 1,
        markets: own === '' ? [] : own.split('\n'),
        venues: venue === '' ? [] : [{ id: venue, name: venueName }],
      };
    return {
      scope,
      key: book ? `desk ${book.bookSequence}` : null,
      missing: 'No accounts are open: open some, or choose this account.',
      unit: book?.unit ?? 'USD',
      accounts: book?.count ?? 0,
      markets: book?.markets ?? [],
      venues: book ? book.venues.map((venueId, i) => ({ id: venueId, name: book.venueNames[i] ?? venueId })) : [],
    };
  }, [scope, book, unit, id, own, venue, venueName]);
}
