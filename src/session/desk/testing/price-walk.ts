/** Prices for the desk's tests: a walk of every market, and the replays that the app ships. Written as a feed would write them. */
import { readdirSync, readFileSync } from 'node:fs';
import { Decimal } from '../../../domain/units.ts';
import { createReplay } from '../../../feeds/replay.ts';
import { parseReplay } from '../../../feeds/replay-format.ts';
import type { PriceBoard, PriceChanges } from '../price-board.ts';
import type { Random } from './random-books.ts';

/** Changes of every instrument and asset of the given markets to exact prices. */
export function changesOf(board: PriceBoard, prices: ReadonlyMap<string, Decimal>): PriceChanges {
  const instruments: number[] = [];
  const exactMarks: Decimal[] = [];
  board.instruments.forEach(({ base, markPrice }, i) => {
    const price = prices.get(base);
    if (!price || !markPrice) return;
    instruments.push(i);
    exactMarks.push(price);
  });
  const assets: number[] = [];
  const exactPrices: Decimal[] = [];
  board.assets.forEach((symbol, i) => {
    const price = prices.get(symbol);
    if (!price) return;
    assets.push(i);
    exactPrices.push(price);
  });
  return {
    instruments,
    marks: exactMarks.map((price) => price.toNumber()),
    exactMarks,
    assets,
    prices: exactPrices.map((price) => price.toNumber()),
    exactPrices,
  };
}

/** The next step of a walk: some markets move by about `sigma`, now and then by ten times that. Prices keep seven digits. */
export function walk(next: Random, prices: Map<string, number>, sigma: number, share: number): Map<string, Decimal> {
  const changed = new Map<string, Decimal>();
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const common = gauss();
  for (const [market, price] of prices) {
    if (next() > share) continue;
    const move = sigma * (0.6 * common + 0.8 * gauss()) * (next() < 0.01 ? 10 : 1);
    const moved = Number((price * Math.exp(move)).toPrecision(7));
    prices.set(market, moved);
    changed.set(market, new Decimal(moved));
  }
  return changed;
}

const FOLDER = new URL('../../../../public/replay/', import.meta.url);

/** Every replay that ships: its name, and the prices of each of its instants at which one changed. */
export function replays(): { readonly name: string; readonly ticks: readonly ReadonlyMap<string, Decimal>[] }[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && name !== 'index.json');
  return files.map((file) => {
    const data = parseReplay(readFileSync(new URL(file, FOLDER), 'utf8'));
    const feed = createReplay(data);
    const ticks: Map<string, Decimal>[] = [];
    for (let now = 0; now <= data.endMs - data.startMs; now += 1000) {
      const { ticks: told } = feed.advance(now);
      if (told.length > 0) ticks.push(new Map(told.map(({ market, price }) => [market, new Decimal(price)])));
    }
    return { name: data.name, ticks };
  });
}
