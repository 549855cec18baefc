/** Names seen so far, up to tens of millions: their code units in one array and an open-addressing table, no string kept alive. */

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const EMPTY = 0;

export class NameSet {
  private units = new Uint16Array(1 << 14);
  private ends = new Uint32Array(1 << 10);
  /** 1 + number of a name, or `EMPTY`; a power of two long, at most half full. */
  private slots = new Uint32Array(1 << 11);
  private count = 0;

  /** Takes `name` in; −1 if it is new, else how many names were taken in before it. */
  add(name: string): number {
    if (this.count * 2 >= this.slots.length) this.grow();
    const mask = this.slots.length - 1;
    let slot = hashOf(name) & mask;
    for (; this.slots[slot] !== EMPTY; slot = (slot + 1) & mask) {
      if (this.isNamed(this.slots[slot]! - 1, name)) return this.slots[slot]! - 1;
    }
    this.append(name);
    this.slots[slot] = this.count;
    return -1;
  }

  private isNamed(i: number, name: string): boolean {
    const from = i === 0 ? 0 : this.ends[i - 1]!;
    if (this.ends[i]! - from !== name.length) return false;
    for (let k = 0; k < name.length; k++) if (this.units[from + k] !== name.charCodeAt(k)) return false;
    return true;
  }

  private append(name: string): void {
    const from = this.count === 0 ? 0 : this.ends[this.count - 1]!;
    const to = from + name.length;
    if (to > this.units.length) this.units = enlarged(this.units, new Uint16Array(Math.max(to, 2 * this.units.length)));
    if (this.count === this.ends.length) this.ends = enlarged(this.ends, new Uint32Array(2 * this.ends.length));
    for (let k = 0; k < name.length; k++) this.units[from + k] = name.charCodeAt(k);
    this.ends[this.count++] = to;
  }

  private grow(): void {
    const slots = new Uint32Array(2 * this.slots.length);
    const mask = slots.length - 1;
    for (let i = 0; i < this.count; i++) {
      let hash = FNV_OFFSET;
      for (let at = i === 0 ? 0 : this.ends[i - 1]!; at < this.ends[i]!; at++) hash = Math.imul(hash ^ this.units[at]!, FNV_PRIME);
      let slot = finished(hash) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = i + 1;
    }
    this.slots = slots;
  }
}

const enlarged = <A extends Uint16Array | Uint32Array>(from: A, to: A): A => {
  to.set(from);
  return to;
};

/** FNV-1a over UTF-16 code units, its high bits folded in. */
function hashOf(name: string): number {
  let hash = FNV_OFFSET;
  for (let k = 0; k < name.length; k++) hash = Math.imul(hash ^ name.charCodeAt(k), FNV_PRIME);
  return finished(hash);
}

const finished = (hash: number): number => (hash ^ (hash >>> 15)) >>> 0;
