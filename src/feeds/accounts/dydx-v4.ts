/** dYdX v4: every subaccount of an address, children with their parents. Source: indexer documentation; recorded answers. */
import * as v from 'valibot';
import { addressRefusal } from '../../domain/account-sources.ts';
import type { Book, Position } from '../../domain/book.ts';
import { refuse } from '../../domain/fault.ts';
import { parseDydxV4 } from '../../venues/dydx-v4/parse.ts';
import { type MarketResponse, metaSchema } from '../../venues/dydx-v4/wire.ts';
import { check } from '../../wire/schema.ts';
import { figure } from '../live/reading.ts';
import { factsOf } from './pieces.ts';
import { type AccountReading, type AccountSource, type Ask, AskError, type VenueFigures } from './source.ts';

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
  const numbers = new Set<number>();
  for (const [i, { address: owner, subaccountNumber }] of subaccounts.entries()) {
    if (owner !== address) refuse(`/subaccounts/${i}/address`, 'is another address than the one that was asked for');
    if (numbers.has(subaccountNumber)) refuse(`/subaccounts/${i}/subaccountNumber`, `${subaccountNumber} is listed twice`);
    numbers.add(subaccountNumber);
  }
  const book = parseDydxV4(answer, { meta, asOf: new Date(nowMs).toISOString() });
  const { markets } = check(metaSchema, meta, '/meta');
  return {
    book,
    theirs: subaccounts.map(({ address: owner, subaccountNumber, equity, freeCollateral }) => ({
      account: `${owner}/${subaccountNumber}`,
      equity,
      freeCollateral,
      ...reasonsOf(book, `${owner}/${subaccountNumber}`, markets),
      positions: [],
    })),
  };
}

/** 1, but for the last digits of 1 ÷ fraction. */
const WHOLE = '0.999999999999';

/** The indexer's free collateral leaves out what open interest raises (DY-23). */
function reasonsOf(book: Book, id: string, markets: Readonly<Record<string, MarketResponse>>): Pick<VenueFigures, 'reasons'> {
  const isRaised = ({ instrument, marginMode }: Position): boolean => {
    const leverage = book.instruments.get(instrument)?.tiers?.[0]?.maxLeverage;
    const base = markets[instrument.slice(instrument.indexOf(':') + 1)]?.initialMarginFraction;
    return marginMode === 'cross' && leverage !== undefined && base !== undefined && leverage.times(base).lt(WHOLE);
  };
  const account = book.accounts.find((one) => one.id === id);
  return account?.positions.some(isRaised) ? { reasons: { freeCollateral: 'tier' } } : {};
}

export const dydxAccounts: AccountSource = {
  ...factsOf('dydx-v4'),
  refusal: (text) => addressRefusal('dydx', text),
  read,
  // 100 requests in 10 s for one address of the internet.
  pace: { most: 60, withinMs: 10_000, weight: 2, everyMs: 10_000 },
};
