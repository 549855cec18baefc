/** What is wrong with an input, and where. */
export interface Fault {
  /** JSON pointer (RFC 6901) into the input; '' is the whole of it. */
  readonly pointer: string;
  /** One sentence: what was found, what is wanted. */
  readonly message: string;
}

/** An input that cannot be read. Nothing of it has been taken over. */
export class InputError extends Error {
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[], options?: ErrorOptions) {
    const first = faults[0];
    super(first ? `${first.pointer || '(whole input)'}: ${first.message}` : 'unreadable input', options);
    this.name = 'InputError';
    this.faults = faults;
  }
}

/** Throws `InputError` with this one fault. */
export function refuse(pointer: string, message: string): never {
  throw new InputError([{ pointer, message }]);
}

/** One path segment, escaped as RFC 6901 wants. */
export const pointerSegment = (key: string | number): string => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
