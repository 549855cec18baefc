/** A book as the text that `readBook` takes back unchanged (BF-18). */
import type { Account, Asset, Balance, Book, Instrument, MarginTier, Position } from '../domain/book.ts';
import { Decimal } from '../domain/units.ts';

/**
 * `book` as `leverage-book/1`. Quantities are plain decimal text, digit for digit, no exponent and no rounding; fields stand
 * in the order of the format; what a book does not state is left out. What belongs to a running feed (`markTimeMs`) is not written.
 */
export const writeBook = (book: Book): string => [...bookPieces(book, [book.accounts])].join('');

/** The same text in pieces, with the accounts of `parts` in place of the book's own: one piece a part. */
export function* bookPieces(
  { format, asOf, unit, ...market }: Omit<Book, 'accounts'>,
  parts: Iterable<readonly Account[]>,
): Generator<string> {
  const instruments = Object.fromEntries(
    [...market.instruments.values()].map((instrument) => [instrument.id, instrumentEntry(instrument)]),
  );
  const assets = Object.fromEntries([...market.assets.values()].map((asset) => [asset.symbol, assetEntry(asset)]));
  const whole = JSON.stringify({ format, asOf, unit, instruments, assets, accounts: [] }, null, 2);
  yield whole.slice(0, whole.lastIndexOf(']'));
  let isFirst = true;
  for (const accounts of parts) {
    let text = '';
    for (const account of accounts) {
      // A line feed within a text is written as an escape: those that are there begin a line.
      text += `${isFirst ? '' : ','}\n    ${JSON.stringify(accountEntry(account), null, 2).replaceAll('\n', '\n    ')}`;
      isFirst = false;
    }
    yield text;
  }
  yield isFirst ? ']\n}\n' : '\n  ]\n}\n';
}

type Json = Readonly<Record<string, unknown>>;

/** `undefined` fields vanish in JSON; every Decimal becomes its text. */
const entry = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value instanceof Decimal ? value.toFixed() : value]));

const tierEntry = (tier: MarginTier): Json => {
  const { notionalFloor, maxLeverage, maintenanceMarginRate, maintenanceDeduction } = tier;
  return entry({ notionalFloor, maxLeverage, maintenanceMarginRate, maintenanceDeduction });
};

function instrumentEntry(instrument: Instrument): Json {
  const { venue, contract, base, quote, settle, contractSize, markPrice, indexPrice, takerFeeRate, priceTick } = instrument;
  const tiers = instrument.tiers?.map(tierEntry);
  return entry({ venue, contract, base, quote, settle, contractSize, markPrice, indexPrice, takerFeeRate, priceTick, tiers });
}

function assetEntry(asset: Asset): Json {
  const { price, unit, collateralFactor, loanToValue, liquidationThreshold, liquidationBonus } = asset;
  return entry({ price, unit, collateralFactor, loanToValue, liquidationThreshold, liquidationBonus });
}

function accountEntry(account: Account): Json {
  const { id, venue, label, unit, maintenanceMarginOther, initialMarginOther } = account;
  const balances = account.balances.map(balanceEntry);
  const positions = account.positions.map(positionEntry);
  return entry({ id, venue, label, unit, balances, positions, maintenanceMarginOther, initialMarginOther });
}

function balanceEntry(balance: Balance): Json {
  const { asset, amount, derived, collateralFactor, loanToValue, liquidationThreshold, liquidationBonus } = balance;
  return entry({ asset, amount, derived, collateralFactor, loanToValue, liquidationThreshold, liquidationBonus });
}

function positionEntry(position: Position): Json {
  const { instrument, size, entryPrice, marginMode, isolatedMargin, leverage, maxLeverage } = position;
  const tiers = position.tiers?.map(tierEntry);
  return entry({ instrument, size, entryPrice, marginMode, isolatedMargin, leverage, maxLeverage, tiers });
}
