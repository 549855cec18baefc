/**
 * Binance USDⓈ-M margin tables as src/venues/binance-usdm/tiers.json wants them.
 *
 *   node scripts/tiers-binance-usdm.mjs binance_leverage_tiers.json 2024-10-24 > src/venues/binance-usdm/tiers.json
 *
 * Input: the file of leverageBracket answers that freqtrade keeps at freqtrade/exchange/binance_leverage_tiers.json.
 * Markets that share a table are kept together; a row is `floor maxLeverage maintenanceMarginRate maintenanceDeduction`.
 */
import { readFileSync } from 'node:fs';

const [, , path, retrievedAt] = process.argv;
if (!path || !retrievedAt) {
  console.error('usage: node scripts/tiers-binance-usdm.mjs FILE DATE');
  process.exit(2);
}

/** `BTC/USDT:USDT` → `BTCUSDT`, `BTC/USDT:USDT-241227` → `BTCUSDT_241227`: the exchange's own symbol. */
const nativeSymbol = (/** @type {string} */ unified) => {
  const [pair = '', settle = ''] = unified.split(':');
  const [, expiry] = settle.split('-');
  return pair.replace('/', '') + (expiry ? `_${expiry}` : '');
};

/** `100.0` → `100`: the same number without an empty fraction. */
const plain = (/** @type {string} */ text) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** @type {Map<string, string[]>} */
const symbolsOf = new Map();
for (const [unified, tiers] of Object.entries(JSON.parse(readFileSync(path, 'utf8')))) {
  const rows = tiers.map(({ info }) =>
    [info.notionalFloor, info.initialLeverage, info.maintMarginRatio, info.cum].map((text) => plain(String(text))).join(' '),
  );
  const key = rows.join('\n');
  symbolsOf.set(key, [...(symbolsOf.get(key) ?? []), nativeSymbol(unified)]);
}

const tables = [...symbolsOf].map(([rows, symbols]) => `    ${JSON.stringify({ symbols, rows: rows.split('\n') })}`);
console.log(`{
  "source": "freqtrade/freqtrade freqtrade/exchange/binance_leverage_tiers.json @c9ae5e1e9ff25bb55dd61f5e5519f7c479291edb: Binance USDⓈ-M leverageBracket answers",
  "retrievedAt": ${JSON.stringify(retrievedAt)},
  "script": "scripts/tiers-binance-usdm.mjs",
  "row": "floor (notional in the settle currency), maximum leverage, maintenance margin rate, maintenance deduction (cum)",
  "tables": [
${tables.join(',\n')}
  ]
}`);
