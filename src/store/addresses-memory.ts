/** What this device remembers of watched addresses: the list with its labels, and servers of the user's own. Read like the settings: what does not fit is dropped. Rule WL-16. */
import { accountSource, addressKey, addressRefusal, GATEWAY_TARGETS, plainAddress } from '../domain/account-sources.ts';
import { gatewayFault } from '../domain/gateway.ts';
import { ADDRESSES_MAX } from '../session/protocol.ts';
import type { SettingsStorage } from './settings.ts';

export const ADDRESSES_KEY = 'plimsoll/addresses/1';

const LABEL_LENGTH_MAX = 60;

/** One line of the list. The label is of this device: in no link, in no command, in no question. */
export interface WatchedEntry {
  readonly source: string;
  readonly address: string;
  /** '' for none. */
  readonly label: string;
}

export interface AddressesMemory {
  readonly list: readonly WatchedEntry[];
  /** By a key of `GATEWAY_TARGETS`. */
  readonly gateways: Readonly<Record<string, string>>;
}

const NOTHING: AddressesMemory = { list: [], gateways: {} };

/** The list and the servers that `storage` holds, every row looked at like one that is typed. Storage that throws is as if empty. */
export function readAddressesMemory(storage: SettingsStorage): AddressesMemory {
  try {
    const raw: unknown = JSON.parse(storage.getItem(ADDRESSES_KEY) ?? 'null');
    if (typeof raw !== 'object' || raw === null) return NOTHING;
    const { list, gateways } = raw as Readonly<Record<string, unknown>>;
    return { list: readList(list), gateways: readGateways(gateways) };
  } catch {
    return NOTHING;
  }
}

/** What is stored, as it stands there; '' where there is nothing, or the device refuses. */
export function storedAddresses(storage: SettingsStorage): string {
  try {
    return storage.getItem(ADDRESSES_KEY) ?? '';
  } catch {
    return '';
  }
}

/** Remembers them. A device that refuses only forgets. */
export function writeAddressesMemory(storage: SettingsStorage, memory: AddressesMemory): void {
  try {
    storage.setItem(ADDRESSES_KEY, JSON.stringify(memory));
  } catch {
    return;
  }
}

/** A label as it is kept: without space at its ends, of a length that fits a row. */
export const plainLabel = (label: string): string => label.trim().slice(0, LABEL_LENGTH_MAX);

/** What was typed as a line of the list, or why it is none. */
export function entryOf(source: string, address: string, label: string): WatchedEntry | string {
  const known = accountSource(source);
  if (!known) return 'there is no such source of accounts';
  const typed = address.trim();
  const refusal = addressRefusal(known.address, typed);
  return refusal ?? { source, address: plainAddress(known.address, typed), label: plainLabel(label) };
}

function readList(raw: unknown): readonly WatchedEntry[] {
  if (!Array.isArray(raw)) return [];
  const entries = raw.slice(0, ADDRESSES_MAX).flatMap((row: unknown): WatchedEntry[] => {
    if (typeof row !== 'object' || row === null) return [];
    const { source, address, label } = row as Readonly<Record<string, unknown>>;
    if (typeof source !== 'string' || typeof address !== 'string') return [];
    const entry = entryOf(source, address, typeof label === 'string' ? label : '');
    return typeof entry === 'string' ? [] : [entry];
  });
  return [...new Map(entries.map((entry) => [addressKey(entry), entry])).values()];
}

function readGateways(raw: unknown): Readonly<Record<string, string>> {
  if (typeof raw !== 'object' || raw === null) return {};
  const held = raw as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    GATEWAY_TARGETS.flatMap(({ key }) => {
      const url = Object.hasOwn(held, key) ? held[key] : undefined;
      return typeof url === 'string' && gatewayFault(url) === '' ? [[key, url]] : [];
    }),
  );
}
