/** A file that is being written: pieces in, parts of about a megabyte out, kept outside the engine's memory where there is a place for them. */
import { utf8Of } from '../../formats/parquet/utf8.ts';
import { joined } from '../../formats/parquet.ts';
import type { FilePart } from './messages.ts';
import type { DeskMemory } from './opened.ts';

const PART_BYTES = 1 << 20;

/** What a file is called: the book's name, what it holds and of when. `population-figures-20260205T183400Z.csv`. */
export function fileName(book: string, content: string, asOf: string, ending: string): string {
  const words = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const stem = words(book.replace(/\.(?:json|csv|parquet)$/i, ''))
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '');
  return `${stem || 'desk'}-${content}-${asOf.replace(/\.\d+Z$/, 'Z').replaceAll(/[-:]/g, '')}.${ending}`;
}

export class ExportFile {
  private readonly keep: DeskMemory['keep'];
  private readonly parts: FilePart[] = [];
  private pieces: Uint8Array[] = [];
  private length = 0;

  constructor(keep: DeskMemory['keep']) {
    this.keep = keep;
  }

  add(piece: Uint8Array | string): void {
    const bytes = typeof piece === 'string' ? utf8Of(piece) : piece;
    if (bytes.length === 0) return;
    this.pieces.push(bytes);
    this.length += bytes.length;
    if (this.length >= PART_BYTES) this.close();
  }

  /** The whole. */
  finished(): readonly FilePart[] {
    this.close();
    return this.parts;
  }

  private close(): void {
    if (this.length === 0) return;
    const { buffer } = joined(this.pieces);
    this.parts.push(this.keep ? this.keep(buffer) : buffer);
    this.pieces = [];
    this.length = 0;
  }
}
