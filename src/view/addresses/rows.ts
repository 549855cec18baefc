/** The accounts of the newest frame with what stands beside them: label, reading, age, and whether to trust them. */
import { useMemo } from 'react';
import { addressKey } from '../../domain/account-sources.ts';
import type { AddressesState, AddressRow, WatchedAccountRow } from '../../store/types.ts';
import type { Beside } from './columns.ts';
import { shortAddress } from './entries.ts';
import { labelsOf, useAddresses, useFrame, useNow, useTrouble } from './use-addresses.ts';
import { isOld, staleWhy, takenMs } from './words.ts';

export interface ShownAccount {
  readonly row: WatchedAccountRow;
  readonly reading: AddressRow | undefined;
  readonly beside: Beside & { readonly label: string; readonly stale: string };
}

const NO_ROWS: readonly never[] = [];
const selectList = ({ list }: AddressesState) => list;

/** In the order in which the engine has them. */
export function useShownAccounts(): readonly ShownAccount[] {
  const list = useAddresses(selectList);
  const frame = useFrame();
  const trouble = useTrouble();
  const nowMs = useNow();
  const accounts = frame?.accounts ?? NO_ROWS;
  const addresses = frame?.addresses ?? NO_ROWS;
  // Whether a row is old is a matter of the clock: no frame comes to say it of one that was alarming already.
  const readings = useMemo(() => new Map(addresses.map((reading) => [addressKey(reading), reading])), [addresses]);
  const aged = accounts.flatMap((row, at) => (isOld(row, readings.get(addressKey(row)), nowMs) ? [at] : [])).join();
  return useMemo(() => {
    const old = new Set(aged.split(','));
    const labels = labelsOf(list);
    return accounts.map((row, at) => {
      const reading = readings.get(addressKey(row));
      const label = labels.get(addressKey(row)) ?? '';
      const name = label || shortAddress(row.address);
      return {
        row,
        reading,
        beside: { name, label, takenMs: takenMs(row, reading), stale: staleWhy(row, reading, trouble, old.has(String(at))) },
      };
    });
  }, [list, accounts, readings, trouble, aged]);
}

/** What tells accounts of one address apart: the dex or subaccount behind it; '' where there is none. */
export const partOf = ({ account, address, source }: WatchedAccountRow): string => {
  const rest = account.startsWith(`${source}:`) ? account.slice(source.length + 1) : account;
  return rest.toLowerCase().startsWith(address.toLowerCase()) ? rest.slice(address.length).replace(/^[@/:#-]+/, '') : '';
};
