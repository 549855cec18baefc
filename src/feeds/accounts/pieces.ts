/** Pieces that the readers of accounts share. */
import { type AccountSourceFacts, accountSource } from '../../domain/account-sources.ts';
import type { Account, Asset, Book } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import { decodeSymbol } from './abi.ts';

/** Id, name and hosts of a source. Throws RangeError for one that is not listed. */
export function factsOf(id: string): Pick<AccountSourceFacts, 'id' | 'name' | 'hosts'> {
  const facts = accountSource(id);
  if (!facts) throw new RangeError(`there is no account source ${id}`);
  return { id, name: facts.name, hosts: facts.hosts };
}

/** A whole number of smallest units as decimal text, exactly. */
export function scaledText(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const sign = value < 0n ? '-' : '';
  return decimals === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** A whole number of smallest units as a number of tokens, prices or rates. */
export const scaled = (value: bigint, decimals: number): Decimal => new Decimal(value.toString()).div(new Decimal(10).pow(decimals));

/** What a token calls itself; its address where it says nothing that can be shown, and with a piece of it where another of that name stands beside it. */
export function tokenName(answer: string | undefined, address: string, isTaken: (name: string) => boolean = () => false): string {
  const name = decodeSymbol(answer) || address;
  return isTaken(name) ? `${name} (${address.slice(0, 8)})` : name;
}

/** An account with the assets that it is counted with. */
export interface CountedAccount {
  readonly account: Account;
  readonly assets: readonly Asset[];
  /** Names an asset of its own where another account's of the same name has another price or unit. */
  readonly place: string;
}

/** Accounts of one instant in one book. An asset that an earlier account counts otherwise gets a name of its own: prices are a market's, not the token's. */
export function bookOfAccounts(asOf: string, counted: readonly CountedAccount[]): Book {
  const assets = new Map<string, Asset>();
  const accounts = counted.map(({ account, assets: own, place }) => {
    const names = new Map<string, string>();
    for (const asset of own) {
      const known = assets.get(asset.symbol);
      const isSame = known === undefined || (known.unit === asset.unit && String(known.price) === String(asset.price));
      const symbol = isSame ? asset.symbol : `${asset.symbol} (${place})`;
      names.set(asset.symbol, symbol);
      assets.set(symbol, { ...asset, symbol });
    }
    return { ...account, balances: account.balances.map((balance) => ({ ...balance, asset: names.get(balance.asset) ?? balance.asset })) };
  });
  return { format: 'leverage-book/1', asOf, instruments: new Map(), assets, accounts };
}
