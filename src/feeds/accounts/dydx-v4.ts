/** dYdX v4: every subaccount of an address, children with their parents. Source: indexer documentation; recorded answers. */
import * as v from 'valibot';
import { addressRefusal } from '../../domain/account-sources.ts';
import { parseDydxV4 } from '../../venues/dydx-v4/parse.ts';
import { check } from '../../wire/schema.ts';
import { figure } from '../live/reading.ts';
import { factsOf } from './pieces.ts';
import { type AccountReading, type AccountSource, type Ask, AskError } from './source.ts';

const BASE = 'https://indexer.dydx.trade/v4';

const subaccountsSchema = v.looseObject({
  subaccounts: v.array(
    v.looseObject({
      address: v.string(),
      subaccountNumber: v.pipe(figure(), v.transform(Number)),
      equity: figure(),
      freeCollateral: figure(),
    }),
  ),
});

async function read(address: string, ask: Ask, nowMs: number): Promise<AccountReading> {
  const answer = await ask({ url: `${BASE}/addresses/${address}`, weight: 1 }).catch((error: unknown) => {
    // Addresses are gated by country and sanctions; markets are not (AA-6).
    if (error instanceof AskError && (error.status === 403 || error.status === 451))
      throw new AskError('dYdX answers no accounts from here: the country or the address is blocked (GEOBLOCKED)', error.status);
    if (error instanceof AskError && error.status === 404) throw new AskError('dYdX knows no account of this address', 404);
    throw error;
  });
  // Carries the oracle prices: kept only for addresses that are read in the same breath.
  const meta = await ask({ url: `${BASE}/perpetualMarkets`, weight: 1, keepMs: 2_000 });
  const { subaccounts } = check(subaccountsSchema, answer);
  const book = parseDydxV4(answer, { meta, asOf: new Date(nowMs).toISOString() });
  return {
    book,
    theirs: subaccounts.map(({ address: owner, subaccountNumber, equity, freeCollateral }) => ({
      account: `${owner}/${subaccountNumber}`,
      equity,
      freeCollateral,
      positions: [],
    })),
  };
}

export const dydxAccounts: AccountSource = {
  ...factsOf('dydx-v4'),
  refusal: (text) => addressRefusal('dydx', text),
  read,
  // 100 requests in 10 s for one address of the internet.
  pace: { most: 60, withinMs: 10_000, weight: 2, everyMs: 10_000 },
};
