/** Every source of accounts by address, by id. Adding one is a file, a line here, and its facts in src/domain/account-sources.ts. */
import { AAVE_POOLS, aaveAccounts } from './aave-v3.ts';
import { COMETS, compoundAccounts } from './compound-v3.ts';
import { dydxAccounts } from './dydx-v4.ts';
import { hyperliquidAccounts } from './hyperliquid.ts';
import { MORPHO_CHAINS, morphoAccounts } from './morpho-blue.ts';
import type { AccountSource } from './source.ts';

export const ACCOUNT_SOURCES: readonly AccountSource[] = [
  hyperliquidAccounts,
  dydxAccounts,
  ...AAVE_POOLS.map(aaveAccounts),
  ...(Object.keys(COMETS) as (keyof typeof COMETS)[]).map(compoundAccounts),
  ...MORPHO_CHAINS.map((chain) => morphoAccounts(chain)),
];
