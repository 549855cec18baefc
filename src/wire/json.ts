/**
 * JSON as it comes from outside (RFC 8259, strict): every number keeps its decimal text (never through binary
 * floating point), nesting, length and the number of values are bounded, a key that could reach a prototype or that stands twice in
 * one object is refused with its pointer. Rules BF-1 to BF-6 of docs/spec/book-format.md.
 */
import { InputError, pointerSegment } from '../domain/fault.ts';

/** Deeper than any format here needs. */
export const DEPTH_MAX = 64;
/** Characters (512 million): just under the longest string that engines hold. */
export const TEXT_MAX = 512_000_000;

/** Values in one text: what they take in memory is many times their text. */
export const VALUES_MAX = 10_000_000;

/** Fields of one object: far beyond this, engines slow to a crawl. */
export const FIELDS_MAX = 1_000_000;

/** How much of one text is read. */
export interface JsonBounds {
  readonly values: number;
  readonly fields: number;
}

const BOUNDS: JsonBounds = { values: VALUES_MAX, fields: FIELDS_MAX };

/** Keys that reach an object's prototype when they are assigned or looked up. */
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A JSON number as its text stands in the input, such as `0.10` or `1e400`; reading it as a quantity is up to the caller. */
export class LosslessNumber {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
  toString(): string {
    return this.value;
  }
}

/** Parses `text`; numbers become `LosslessNumber`, objects and arrays are plain. A byte order mark is passed over. Throws `InputError`. */
export function readJson(text: string, bounds: JsonBounds = BOUNDS): unknown {
  if (text.length > TEXT_MAX) throw new InputError([{ pointer: '', message: tooLong() }]);
  return new Parser(text, bounds).document();
}

/** What an input beyond `TEXT_MAX` is answered with. */
export const tooLong = (): string => `longer than ${TEXT_MAX / 1_000_000} MB: split it into several books`;

/** What an input beyond `DEPTH_MAX` is answered with. */
export const tooDeep = (place: string): string => `nested deeper than ${DEPTH_MAX} levels (${place})`;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** A run of characters that can only have been meant as one value: `NaN`, `+1`, `0x10`, `.5`, `01`, `1.`, `undefined`. */
const WORD = /[^\s,:"{}[\]]+/y;

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BRACKET_OPEN = 91;
const BACKSLASH = 92;
const BRACKET_CLOSE = 93;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;
const BYTE_ORDER_MARK = 0xfeff;

/** One recursive descent over one text; `path` is where it stands. */
class Parser {
  private readonly text: string;
  private at: number;
  private count = 0;
  private readonly path: (string | number)[] = [];

  private readonly bounds: JsonBounds;

  constructor(text: string, bounds: JsonBounds) {
    this.text = text;
    this.bounds = bounds;
    this.at = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  }

  document(): unknown {
    this.skipSpace();
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.refuseSyntax(`expected the end, found ${this.found()}`);
    return value;
  }

  private value(): unknown {
    if (++this.count > this.bounds.values)
      this.refuseBound(`more than ${this.bounds.values / 1_000_000} million values: split it into several books`);
    switch (this.text.charCodeAt(this.at)) {
      case BRACE_OPEN:
        return this.object();
      case BRACKET_OPEN:
        return this.array();
      case QUOTE:
        return this.string();
      default:
        return this.word();
    }
  }

  private object(): Record<string, unknown> {
    this.enter();
    const object: Record<string, unknown> = {};
    if (this.text.charCodeAt(this.at) === BRACE_CLOSE) {
      this.at++;
      return object;
    }
    for (let count = 1; ; count++) {
      if (count > this.bounds.fields) this.refuseBound(`more than ${this.bounds.fields / 1_000_000} million fields in one object`);
      if (this.text.charCodeAt(this.at) !== QUOTE) this.refuseSyntax(`expected a field name in double quotes, found ${this.found()}`);
      const start = this.at;
      const key = this.string();
      this.path.push(key);
      if (PROTOTYPE_KEYS.has(key)) this.refuseHere(`the field name "${key}" is not allowed`, start);
      if (Object.hasOwn(object, key)) this.refuseHere(`the field "${key}" stands twice in one object`, start);
      this.skipSpace();
      if (this.text.charCodeAt(this.at) !== COLON) this.refuseSyntax(`expected ":" after the field name, found ${this.found()}`);
      this.at++;
      this.skipSpace();
      object[key] = this.value();
      this.path.pop();
      if (this.closes(BRACE_CLOSE, '}')) return object;
    }
  }

  private array(): unknown[] {
    this.enter();
    const array: unknown[] = [];
    if (this.text.charCodeAt(this.at) === BRACKET_CLOSE) {
      this.at++;
      return array;
    }
    for (;;) {
      this.path.push(array.length);
      array.push(this.value());
      this.path.pop();
      if (this.closes(BRACKET_CLOSE, ']')) return array;
    }
  }

  /** Steps over the opening bracket. */
  private enter(): void {
    if (this.path.length >= DEPTH_MAX) this.refuseBound(tooDeep(this.position(this.at)));
    this.at++;
    this.skipSpace();
  }

  /** Steps over a comma (false) or the closing bracket (true). */
  private closes(code: number, bracket: string): boolean {
    this.skipSpace();
    const next = this.text.charCodeAt(this.at);
    if (next !== code && next !== COMMA) this.refuseSyntax(`expected "," or "${bracket}", found ${this.found()}`);
    this.at++;
    if (next === code) return true;
    this.skipSpace();
    return false;
  }

  private string(): string {
    const start = this.at;
    let hasEscape = false;
    for (let i = start + 1; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i);
      if (code === BACKSLASH) {
        hasEscape = true;
        i++;
      } else if (code === QUOTE) {
        this.at = i + 1;
        return hasEscape ? this.unescape(start, i + 1) : this.text.slice(start + 1, i);
      } else if (code < SPACE) {
        this.at = i;
        this.refuseSyntax('a line break or control character inside a string must be written as an escape');
      }
    }
    this.at = start;
    return this.refuseSyntax('a string without its closing quote');
  }

  private unescape(start: number, end: number): string {
    try {
      return JSON.parse(this.text.slice(start, end)) as string;
    } catch {
      this.at = start;
      return this.refuseSyntax('a string with an escape that JSON does not know');
    }
  }

  /** `true`, `false`, `null` or a number. */
  private word(): unknown {
    const start = this.at;
    NUMBER.lastIndex = start;
    WORD.lastIndex = start;
    if (NUMBER.test(this.text) && this.isWordEnd(NUMBER.lastIndex)) {
      this.at = NUMBER.lastIndex;
      return new LosslessNumber(this.text.slice(start, this.at));
    }
    if (!WORD.test(this.text)) this.refuseSyntax(`expected a value, found ${this.found()}`);
    const word = this.text.slice(start, WORD.lastIndex);
    this.at = WORD.lastIndex;
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    return this.refuseHere(`expected a JSON value, found ${quoted(word)}`, start);
  }

  /** Whether a number that ends here is whole, and not the beginning of something else (`1.`, `01`, `1x`). */
  private isWordEnd(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return Number.isNaN(code) || code === COMMA || code === BRACKET_CLOSE || code === BRACE_CLOSE || isSpace(code);
  }

  private skipSpace(): void {
    while (isSpace(this.text.charCodeAt(this.at))) this.at++;
  }

  private found(): string {
    if (this.at >= this.text.length) return 'the end of the text';
    return quoted(String.fromCodePoint(this.text.codePointAt(this.at) ?? 0));
  }

  /** More than is read of any input. */
  private refuseBound(message: string): never {
    throw new InputError([{ pointer: '', message }]);
  }

  /** The text breaks off its form here: nothing of it has a place, so the pointer is the whole input. */
  private refuseSyntax(message: string): never {
    const within = this.path.map(pointerSegment).join('');
    const place = within === '' ? '' : `, within ${within}`;
    throw new InputError([{ pointer: '', message: `not valid JSON at ${this.position(this.at)}${place}: ${message}` }]);
  }

  /** The form holds, but the value (or the field) at the present path cannot be taken. */
  private refuseHere(message: string, at: number): never {
    throw new InputError([{ pointer: this.path.map(pointerSegment).join(''), message: `${message} (${this.position(at)})` }]);
  }

  /** Line and column, both from 1, columns in UTF-16 units. */
  private position(at: number): string {
    let line = 1;
    let lineStart = this.text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
    for (let i = this.text.indexOf('\n'); i !== -1 && i < at; i = this.text.indexOf('\n', i + 1)) {
      line++;
      lineStart = i + 1;
    }
    return `line ${line}, column ${at - lineStart + 1}`;
  }
}

const isSpace = (code: number): boolean => code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB;

const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
