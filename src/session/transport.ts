/**
 * What the page's side needs of whatever carries messages: a worker, a MessageChannel, a call in process.
 * Messages are delivered in order and whole; nothing is promised about when.
 */

/** What went wrong at the other end, and what is done about it. */
export interface TransportFault {
  /** `stopped`: the other end is gone and is being started again. `failed`: it will not be started again. */
  readonly kind: 'stopped' | 'failed';
  /** One sentence for people. */
  readonly detail: string;
}

export interface Transport {
  readonly post: (message: unknown, transfer?: readonly ArrayBuffer[]) => void;
  /** One listener; a later one replaces it. Called with plain data that has not been checked. */
  readonly onMessage: (listener: (message: unknown) => void) => void;
  readonly onError: (listener: (fault: TransportFault) => void) => void;
  /** A fresh peer stands at the other end and knows nothing. Also called once for the first one. */
  readonly onStart: (listener: () => void) => void;
  readonly close: () => void;
}
