/** Every source of accounts by address, by id. Adding one is a file and a line here. */
import { aaveAccounts, CHAINS } from './aave-v3.ts';
import { dydxAccounts } from './dydx-v4.ts';
import { hyperliquidAccounts } from './hyperliquid.ts';
import type { AccountSource } from './source.ts';

export const ACCOUNT_SOURCES: readonly AccountSource[] = [hyperliquidAccounts, dydxAccounts, ...CHAINS.map(aaveAccounts)];
