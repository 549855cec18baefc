/**
 * Files that nobody should send, read on the desk as a page would hand them over. Each is refused with a sentence, or read with every row
 * that was left out named; whatever comes, what was open stays as it was until a whole book takes its place.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { bookOf } from '../../domain/book-columns.ts';
import { columnsOf } from '../../domain/book-columns-builder.ts';
import { writeCsv } from '../../formats/csv.ts';
import { writeBook } from '../../formats/leverage-book.ts';
import { writeParquet } from '../../formats/parquet.ts';

import { type DeskOpened, type DeskWindow, type Frame, NO_FILTER } from '../protocol.ts';
import { population } from './population.ts';
import { createWholeEngine } from './testing/engine.ts';
import { seeded } from './testing/random-books.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const columns = population({ accounts: 300, seed: 9, asOf: '2026-02-05T18:34:00Z' });
const CSV = writeCsv(columns);
const PARQUET = writeParquet(columns);
const JSON_TEXT = writeBook(bookOf(columns));
const held = columnsOf(bookOf(population({ accounts: 20, seed: 1, asOf: '2026-02-05T18:34:00Z' })));

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text).slice();
const counts = { files: 0, refused: 0, read: 0, partly: 0 };
afterAll(() => console.log(`files: ${counts.files}; refused ${counts.refused}, read whole ${counts.read}, read in part ${counts.partly}`));

/** A desk with twenty accounts open, and a file on its way; `isWhole` hands over its bytes, otherwise they are asked for piece by piece. */
class Desk {
  private readonly engine = createWholeEngine();
  readonly before: string;
  private request = 10;

  constructor() {
    const opened = this.answer(1, { name: 'held.csv', content: bytesOf(writeCsv(held)) });
    if (opened.kind !== 'desk-opened') throw new Error(JSON.stringify(opened));
    this.before = this.rows();
  }

  answer(requestId: number, { name, content }: { name: string; content: Uint8Array<ArrayBuffer> }, isWhole = true): Frame {
    const file = { size: content.length, slice: () => file, arrayBuffer: () => Promise.reject(new Error('not read here')) };
    const source = { kind: 'file', name, content: isWhole ? content.slice().buffer : file } as const;
    let frames = this.engine.step({ kind: 'desk-open', requestId, source }, NOW);
    for (let i = 0; i < 20_000; i++) {
      const found = frames.find((frame) => 'requestId' in frame && frame.requestId === requestId);
      if (found) return found;
      const wanted = this.engine.wanted;
      frames = wanted
        ? this.engine.step({ kind: 'desk-bytes', requestId, bytes: content.slice(wanted.from, wanted.to) }, NOW)
        : this.engine.step({ kind: 'desk-work' }, NOW);
    }
    throw new Error(`${name}: no answer after 20,000 slices`);
  }

  rows(): string {
    const query = { filter: NO_FILTER, sort: [], window: { from: 0, count: 1000 }, freeze: false, columns: [] };
    let frames = this.engine.step({ kind: 'desk-query', requestId: ++this.request, query }, NOW);
    for (let i = 0; i < 100; i++) {
      const window = frames.find((frame): frame is DeskWindow => frame.kind === 'desk-window');
      if (window) return JSON.stringify({ ...window.rows, matched: window.matched });
      frames = this.engine.step({ kind: 'desk-work' }, NOW);
    }
    throw new Error(`no rows came: ${JSON.stringify(frames)}`);
  }

  /** Opens the file twice over, whole and in pieces; both answers must be the same. */
  open(name: string, content: Uint8Array<ArrayBuffer>): Extract<Frame, { readonly kind: 'failed' }> | DeskOpened {
    counts.files++;
    const [whole, pieces] = [true, false].map((isWhole) => {
      const answer = this.answer(++this.request, { name, content }, isWhole);
      if (answer.kind !== 'failed' && answer.kind !== 'desk-opened') throw new Error(`${name}: ${answer.kind}`);
      if (answer.kind === 'failed') expect(this.rows()).toBe(this.before);
      return answer;
    });
    expect({ ...pieces!, requestId: 0 }).toEqual({ ...whole!, requestId: 0 });
    return whole!;
  }
}

let guarded: Desk | undefined;
/** A desk that refuses everything it is given stays the same one. */
function guard(): Desk {
  guarded ??= new Desk();
  return guarded;
}

/** Refused whole: a fault that says something, and what was open still is. */
function refused(name: string, content: Uint8Array<ArrayBuffer>, message: RegExp): void {
  const answer = guard().open(name, content);
  expect(answer.kind, name).toBe('failed');
  if (answer.kind !== 'failed') return;
  counts.refused++;
  expect(answer.faults.length).toBeGreaterThan(0);
  expect(answer.faults[0]!.message, name).toMatch(message);
}

/** Read: so many accounts, so many left out, each with its row, its field and a reason. */
function read(name: string, content: Uint8Array<ArrayBuffer>, loaded: number, skipped: number): DeskOpened {
  const answer = new Desk().open(name, content);
  if (answer.kind !== 'desk-opened') throw new Error(`${name}: ${JSON.stringify(answer)}`);
  expect(answer.coverage, name).toMatchObject({ loaded, skipped, inSource: loaded + skipped });
  if (skipped === 0) counts.read++;
  else {
    counts.partly++;
    expect(answer.rejects.length).toBeGreaterThan(0);
    for (const { row, field, reason } of answer.rejects)
      expect([row >= 0, typeof field, reason.length > 5]).toEqual([true, 'string', true]);
    expect(answer.coverage.skippedReasons.reduce((sum, { count }) => sum + count, 0)).toBe(skipped);
  }
  return answer;
}

const lines = CSV.split('\n');
const at = (kind: string, n = 0): number => lines.flatMap((line, i) => (line.startsWith(`${kind},`) ? [i] : []))[n]!;
/** The CSV with another text in place of line `i`. */
const withLine = (i: number, change: (line: string) => string): Uint8Array<ArrayBuffer> =>
  bytesOf(lines.map((line, k) => (k === i ? change(line) : line)).join('\n'));

describe('DM-4 CSV files', () => {
  it('behavior: byte order mark, CRLF, both line ends mixed, blank lines, the last line end', () => {
    read('a byte order mark', bytesOf(`\ufeff${CSV}`), 300, 0);
    read('CRLF', bytesOf(CSV.replaceAll('\n', '\r\n')), 300, 0);
    read(
      'mixed',
      bytesOf(
        lines
          .map((line, i) => line + (i % 3 === 0 ? '\r\n' : '\n'))
          .join('')
          .trimEnd()
          .concat('\n'),
      ),
      300,
      0,
    );
    read('blank lines', bytesOf(CSV.replaceAll('\nposition', '\n\nposition')), 300, 0);
  });

  it('error: nothing of it can be read', () => {
    refused('nothing', bytesOf(''), /empty/);
    refused('a mark alone', bytesOf('\ufeff'), /empty|header/);
    refused('NUL bytes', new Uint8Array(1 << 20), /header|column|\w/);
    refused('carriage returns alone', bytesOf(CSV.replaceAll('\n', '\r')), /carriage return|header/);
    refused('not UTF-8', Uint8Array.from([...bytesOf(CSV).subarray(0, 5000), 0xff, 0xfe]), /UTF-8/);
    refused('UTF-16', Uint8Array.from([0xff, 0xfe, ...bytesOf(CSV).subarray(0, 3000)]), /UTF-8/);
    refused('a header twice over', bytesOf(`${lines[0]},${lines[0]}\n`), /twice|already|row/);
    refused('ten million columns', bytesOf(`${'x,'.repeat(10_000_000)}\n1\n`), /header line is longer|columns|a line of more/);
    refused('cut off', bytesOf(CSV.slice(0, -400)), /rows|cut|line/);
    refused(
      'a quote that never closes',
      withLine(at('position'), (line) => `"${line}`),
      /quote/,
    );
    refused(
      'a cell of 40 MB',
      withLine(at('balance'), (line) => `${line}${'9'.repeat(40 << 20)}`),
      /line of more|characters/,
    );
  });

  it('behavior: what is wrong with a row costs its account, with row, field and reason', () => {
    const wrong = (change: (line: string) => string, kind = 'position'): Uint8Array<ArrayBuffer> => withLine(at(kind, 3), change);
    const size = lines[0]!.split(',').indexOf('size');
    const cell = (k: number, text: string) => (line: string) =>
      line
        .split(',')
        .map((each, i) => (i === k ? text : each))
        .join(',');
    for (const text of ['NaN', 'Infinity', '1,5', '0x10', '1e', '--1', '1\u0000', ' ', '９', '=1+1']) {
      const { rejects } = read(`a size of ${JSON.stringify(text)}`, wrong(cell(size, text.includes(',') ? `"${text}"` : text)), 299, 1);
      expect(rejects[0]).toMatchObject({ row: at('position', 3), field: 'size' });
    }
    read('a huge number', wrong(cell(size, `1${'0'.repeat(5000)}`)), 299, 1);
    read('an instrument that is not there', wrong(cell(lines[0]!.split(',').indexOf('instrument'), 'hl:NOTHING')), 299, 1);
    read(
      'a cell too many',
      wrong((line) => `${line},`),
      298,
      2,
    );
    read('a quote in the middle', wrong(cell(size, '1"2')), 299, 1);
  });

  it('behavior: an id that stands twice', () => {
    const id = lines[at('balance', 2)]!.split(',')[1]!;
    const rows = lines.filter((line) => line.split(',')[1] === id);
    const double = `${CSV}${rows.join('\n')}\n`.replace(
      /^(book,.*?,)(\d+)(,leverage-book-flat)/m,
      (_, a, n, b) => `${a}${Number(n) + rows.length}${b}`,
    );
    const { rejects } = read('twice', bytesOf(double), 299, 2);
    expect(rejects[0]!.reason).toMatch(/together|already|twice/);
  });
});

describe('DM-4 Parquet files', () => {
  it('error: cut off in every region', () => {
    const { length } = PARQUET;
    const footer = new DataView(PARQUET.buffer).getUint32(length - 8, true);
    const regions = {
      magic: 2,
      pages: Math.floor((length - footer) / 2),
      footer: length - 8 - Math.floor(footer / 2),
      length: length - 6,
      end: length - 1,
    };
    for (const [name, end] of Object.entries(regions)) refused(`cut in its ${name}`, PARQUET.slice(0, end), /./);
  });

  it('error: a footer that lies about its length', () => {
    for (const lie of [0, 1, 7, 4096, PARQUET.length, 0x7fff_ffff, 0xffff_ffff]) {
      const file = PARQUET.slice();
      new DataView(file.buffer).setUint32(file.length - 8, lie, true);
      refused(`a footer of ${lie} bytes`, file, /./);
    }
  });

  it('error: bytes changed, taken out and put in, anywhere', () => {
    const next = seeded(4);
    for (let i = 0; i < 90; i++) {
      const place = Math.floor(next() * PARQUET.length);
      const some = Math.floor(next() * 9);
      const middle = [
        PARQUET.slice(place, place + 1).map((byte) => byte ^ (1 + Math.floor(next() * 255))),
        new Uint8Array(0),
        new Uint8Array(some),
      ][i % 3]!;
      const rest = PARQUET.slice(place + (i % 3 === 1 ? 1 + some : i % 3 === 0 ? 1 : 0));
      const file = new Uint8Array(place + middle.length + rest.length);
      file.set(PARQUET.subarray(0, place));
      file.set(middle, place);
      file.set(rest, place + middle.length);
      const answer = guard().open(`change ${i} at ${place}`, file);
      if (answer.kind === 'failed') {
        counts.refused++;
        expect(answer.faults[0]!.message.length).toBeGreaterThan(5);
      } else {
        // Only what means nothing may have changed.
        guarded = undefined;
        counts.read++;
        expect(answer.coverage).toMatchObject({ loaded: 300, skipped: 0 });
      }
    }
  });
});

describe('DM-4 JSON files', () => {
  it('error: broken, of another format, deep, wide', () => {
    refused('cut off', bytesOf(JSON_TEXT.slice(0, -100)), /./);
    refused('an array', bytesOf('[1,2,3]'), /./);
    refused('another format', bytesOf(JSON_TEXT.replace('leverage-book/1', 'leverage-book/9')), /./);
    refused('a million brackets', bytesOf('['.repeat(1_000_000)), /./);
    refused('three hundred thousand names', bytesOf(`{${Array.from({ length: 300_000 }, (_, i) => `"n${i}":0`).join(',')}}`), /./);
    refused('NUL in it', bytesOf(JSON_TEXT.replace('"accounts"', '\u0000"accounts"')), /./);
  });

  it('behavior: an account that cannot be read is named by its place', () => {
    const { rejects } = read('one size', bytesOf(JSON_TEXT.replace(/"size": "[^"]+"/, '"size": "much"')), 299, 1);
    expect(rejects[0]).toMatchObject({ row: 1, field: '/positions/0/size' });
    read('a byte order mark', bytesOf(`\ufeff${JSON_TEXT}`), 300, 0);
    const first = bookOf(columns).accounts[0]!.id;
    const second = bookOf(columns).accounts[1]!.id;
    read('an id twice', bytesOf(JSON_TEXT.replace(`"id": "${second}"`, `"id": "${first}"`)), 299, 1);
  });
});
