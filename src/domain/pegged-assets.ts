/**
 * Assets whose price does not move with the market: fiat and tokens pegged to one. A uniform shock leaves them
 * where they are (rule US-2); a depeg is a scenario of its own. Compared without case.
 */
const PEGGED: ReadonlySet<string> = new Set(
  (
    'USD EUR GBP USDC USDT DAI USDS USDE SUSDE USDH USDT0 USDC.E USD0 FDUSD BUSD TUSD PYUSD GHO LUSD CRVUSD FRAX RLUSD USDP GUSD ' +
    'SUSD EURC EURS USDG USDTB SDAI SUSDS DEUSD USDB USDBC USD₮0 USDM MAI MIMATIC USD+ WXDAI SCRVUSD SFRAX'
  ).split(' '),
);

/** Whether `asset` keeps its price when all volatile prices move together. */
export const isPegged = (asset: string): boolean => PEGGED.has(asset.toUpperCase());
