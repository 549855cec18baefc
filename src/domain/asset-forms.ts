/**
 * Tokens that are a claim on one unit, or on a slowly growing number of units, of another asset: wrapped, bridged and staked forms. Their
 * price follows that asset's, which is all that is said here; what a form is worth in it is the book's to say. Compared without case.
 */
const FORMS: Readonly<Record<string, string>> = {
  ETH: 'WETH STETH WSTETH EETH WEETH RETH CBETH EZETH RSETH WRSETH OSETH ETHX METH CMETH FRXETH SFRXETH SWETH WBETH TETH PUFETH ANKRETH OETH',
  BTC: 'WBTC CBBTC TBTC LBTC BTCB BTC.B FBTC EBTC SOLVBTC KBTC UBTC',
  SOL: 'WSOL JITOSOL MSOL BNSOL JUPSOL BSOL',
  BNB: 'WBNB SLISBNB',
  AVAX: 'WAVAX SAVAX',
  HYPE: 'WHYPE KHYPE STHYPE WSTHYPE',
  POL: 'WPOL MATIC WMATIC STMATIC MATICX',
};

const UNDERLYING: ReadonlyMap<string, string> = new Map(
  Object.entries(FORMS).flatMap(([asset, forms]) => forms.split(' ').map((form) => [form, asset] as const)),
);

const WRAPPED: ReadonlyMap<string, string> = new Map(
  ['ETH', 'SOL', 'BNB', 'AVAX', 'HYPE', 'POL'].map((coin) => [`W${coin}`, coin] as const),
);

/** The coin that `asset` is exchanged for one for one by contract, and whose price it therefore has; undefined where it is none. */
export const unwrapped = (asset: string): string | undefined => WRAPPED.get(asset);

/** The asset whose price `asset` follows; itself where it is no form of another. */
export const underlyingOf = (asset: string): string => UNDERLYING.get(asset.toUpperCase()) ?? asset;
