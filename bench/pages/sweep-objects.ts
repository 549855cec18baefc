/** The sweep as it is usually written: an object an account, an object a position, plain numbers, updated in place. */
import type { FlatBook } from '../../src/session/desk/flat-book.ts';

interface Tier {
  readonly floor: number;
  readonly rate: number;
  /** Subtracted, so that the requirement has no step. */
  readonly deduction: number;
}

interface Instrument {
  price: number;
  readonly tiers: readonly Tier[];
}

interface Position {
  readonly instrument: Instrument;
  readonly size: number;
  readonly entry: number;
}

export interface Account {
  readonly cash: number;
  readonly positions: readonly Position[];
  equity: number;
  notional: number;
  requirement: number;
  leverage: number;
  ratio: number;
  excess: number;
}

/** Accounts of linear contracts and one balance each. */
export function objectsOf(flat: FlatBook): Account[] {
  const instruments = flat.instruments.map((id): Instrument => {
    const instrument = flat.book.instruments.get(id)!;
    const tiers: Tier[] = [];
    for (const tier of instrument.tiers ?? []) {
      const last = tiers.at(-1);
      const [floor, rate] = [tier.notionalFloor.toNumber(), tier.maintenanceMarginRate.toNumber()];
      tiers.push({ floor, rate, deduction: last ? last.deduction + floor * (rate - last.rate) : 0 });
    }
    return { price: instrument.markPrice!.toNumber(), tiers };
  });
  return Array.from({ length: flat.count }, (_, a) => {
    const positions: Position[] = [];
    for (let i = flat.positionStart[a]!; i < flat.positionStart[a + 1]!; i++) {
      positions.push({
        instrument: instruments[flat.positionInstrument[i]!]!,
        size: flat.positionSize[i]!,
        entry: flat.positionEntry[i]!,
      });
    }
    const cash = flat.balanceAmount[a]!;
    return { cash, positions, equity: 0, notional: 0, requirement: 0, leverage: 0, ratio: 0, excess: 0 };
  });
}

function tierOf(tiers: readonly Tier[], notional: number): Tier {
  let at = 0;
  while (at + 1 < tiers.length && notional >= tiers[at + 1]!.floor) at++;
  return tiers[at]!;
}

export function sweepObjects(accounts: readonly Account[]): void {
  for (const account of accounts) {
    let equity = account.cash;
    let notional = 0;
    let requirement = 0;
    for (const { instrument, size, entry } of account.positions) {
      const worth = Math.abs(size) * instrument.price;
      const tier = tierOf(instrument.tiers, worth);
      equity += size * (instrument.price - entry);
      notional += worth;
      requirement += worth * tier.rate - tier.deduction;
    }
    account.equity = equity;
    account.notional = notional;
    account.requirement = requirement;
    account.leverage = notional / equity;
    account.ratio = requirement / equity;
    account.excess = equity - requirement;
  }
}
