/** What OKX's own instrument ids say, and the contract values and ticks that are bundled (OK-3, OK-5). */
import type { Contract } from '../../domain/book.ts';
import { Decimal } from '../../domain/units.ts';
import bundled from './instruments.json' with { type: 'json' };

/** `BTC-USDT-SWAP`, `ETH-USD-210430`: base, quote, perpetual or expiry. */
const INSTRUMENT_ID = /^([A-Z0-9]+)-([A-Z0-9]+)-(?:SWAP|\d{6})$/;

export interface InstrumentName {
  readonly base: string;
  readonly quote: string;
  /** `BTC-USDT`: what its swaps and futures have in common. */
  readonly family: string;
}

/** The parts of a swap's or future's id; undefined for anything else (spot, margin, options). */
export function instrumentName(instId: string): InstrumentName | undefined {
  const match = INSTRUMENT_ID.exec(instId);
  const [, base, quote] = match ?? [];
  return base && quote ? { base, quote, family: `${base}-${quote}` } : undefined;
}

export interface InstrumentFacts {
  readonly contract: Contract;
  /** Base units (linear) or US dollars (inverse) per contract. */
  readonly contractSize: Decimal;
  readonly priceTick: Decimal;
}

const FAMILIES: ReadonlyMap<string, InstrumentFacts> = new Map(
  Object.entries(bundled.families).map(([family, facts]) => [
    family,
    {
      contract: facts.contract as Contract,
      contractSize: new Decimal(facts.contractSize),
      priceTick: new Decimal(facts.priceTick),
    },
  ]),
);

/** Bundled facts of a swap or future by OKX's own id. */
export function bundledFacts(instId: string): InstrumentFacts | undefined {
  const name = instrumentName(instId);
  return name && FAMILIES.get(name.family);
}
