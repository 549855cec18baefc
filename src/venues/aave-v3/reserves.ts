/** The bundled terms of Aave v3 reserves (tiers.json): what a reserve counts for outside efficiency mode. */
import { Decimal } from '../../domain/units.ts';
import table from './tiers.json' with { type: 'json' };

export type ReserveTerms = { readonly loanToValue: Decimal; readonly liquidationThreshold: Decimal; readonly liquidationBonus: Decimal };

type Row = readonly [address: string, decimals: number, loanToValue: string, liquidationThreshold: string, liquidationBonus: string];
type Networks = Readonly<Record<string, Readonly<Record<string, Row>>>>;

const NETWORKS = table.networks as unknown as Networks;

/** Networks with bundled reserves. */
export const networks: readonly string[] = Object.keys(NETWORKS);

/** Terms of a reserve of a network's main market, fractions; undefined where the table does not list it. */
export function reserveTerms(network: string, symbol: string): ReserveTerms | undefined {
  const reserves = Object.hasOwn(NETWORKS, network) ? NETWORKS[network] : undefined;
  const row = reserves && Object.hasOwn(reserves, symbol) ? reserves[symbol] : undefined;
  return row && { loanToValue: new Decimal(row[2]), liquidationThreshold: new Decimal(row[3]), liquidationBonus: new Decimal(row[4]) };
}
