/** A transport over a message port: one end of a MessageChannel, with nothing to restart. */
import type { Transport } from '../session/transport.ts';

/** What a MessagePort has, in a browser and in Node. */
export interface PortLike {
  postMessage: (message: unknown, transfer: ArrayBuffer[]) => void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  close: () => void;
}

/** The page's end of `port`. The other end must be listening already. */
export function createPortTransport(port: PortLike): Transport {
  return {
    post: (message, transfer = []) => port.postMessage(message, [...transfer]),
    onMessage: (listener) => {
      port.onmessage = (event) => listener(event.data);
    },
    onError: () => undefined,
    onStart: (listener) => listener(),
    close: () => port.close(),
  };
}
