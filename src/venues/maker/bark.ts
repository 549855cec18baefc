/**
 * Maker's liquidation in its own integers (MK-3…MK-5 of docs/spec/venues/maker.md): wads of 18 decimals (ink, art, chop), rays of 27 (spot, rate),
 * rads of 45 (dust, hole, dirt). Source: makerdao/dss@fa4f663 src/dog.sol, bark.
 */
const WAD = 10n ** 18n;

export interface Vault {
  /** Collateral, wad. */
  readonly ink: bigint;
  /** Debt before its rate, wad. */
  readonly art: bigint;
}

export interface Ilk {
  /** Price ÷ liquidation ratio, ray. */
  readonly spot: bigint;
  /** Accumulated rate, ray. */
  readonly rate: bigint;
  /** Smallest debt of a vault, rad. */
  readonly dust: bigint;
  /** 1 + liquidation penalty, wad. */
  readonly chop: bigint;
  /** Room left for auctions of this collateral and of all, rad. */
  readonly room: bigint;
}

export type Bark =
  | { readonly barked: false; readonly why: 'safe' | 'no room' | 'dusty auction' }
  | {
      readonly barked: true;
      readonly dart: bigint;
      readonly dink: bigint;
      readonly artLeft: bigint;
      readonly inkLeft: bigint;
      readonly tab: bigint;
    };

/** ink × spot < art × rate (MK-2). */
export const isUnsafe = ({ ink, art }: Vault, { spot, rate }: Pick<Ilk, 'spot' | 'rate'>): boolean => spot > 0n && ink * spot < art * rate;

/**
 * What one bark takes (MK-3): dart = min(art, room ÷ rate ÷ chop); all of it where less than dust would remain; refused where the auction itself
 * would be dust. tab = dart × rate × chop is what the auction is to raise.
 */
export function bark(vault: Vault, ilk: Ilk): Bark {
  if (!isUnsafe(vault, ilk)) return { barked: false, why: 'safe' };
  if (ilk.room <= 0n || ilk.room < ilk.dust) return { barked: false, why: 'no room' };
  const most = (ilk.room * WAD) / ilk.rate / ilk.chop;
  let dart = vault.art < most ? vault.art : most;
  if (vault.art > dart) {
    if ((vault.art - dart) * ilk.rate < ilk.dust) dart = vault.art;
    else if (dart * ilk.rate < ilk.dust) return { barked: false, why: 'dusty auction' };
  }
  const dink = (vault.ink * dart) / vault.art;
  if (dink === 0n) return { barked: false, why: 'dusty auction' };
  return { barked: true, dart, dink, artLeft: vault.art - dart, inkLeft: vault.ink - dink, tab: (dart * ilk.rate * ilk.chop) / WAD };
}
