/** What can go wrong with a venue. Each is what a real one has done, or may do. */
export const FAULTS = {
  'delayed-first-frame': 'opens, and tells no price for eight seconds',
  silent: 'takes everything and says nothing',
  'half-open': 'falls silent without closing: nothing is sent, nothing is read',
  'close-1000': 'closes in good order after some prices',
  'close-1006': 'breaks the connection off after some prices',
  'close-1012': 'restarts: closes with code 1012 after some prices',
  malformed: 'every third frame is no JSON',
  truncated: 'every third frame is cut in the middle',
  binary: 'every third frame is bytes',
  reordered: 'the prices of every two instants change places',
  duplicated: 'every frame comes twice',
  huge: 'one frame of five million characters among the others',
  'out-of-range': 'prices that are none: zero, below zero, beyond any, no number at all',
  'clock-behind': 'the venue’s clock is an hour behind',
  'clock-ahead': 'the venue’s clock is an hour ahead',
  refused: 'subscriptions are refused',
  'rate-limited': 'no connection and no request is taken: status 429',
  maintenance: 'no connection and no request is taken: status 503',
  flood: 'nothing but frames that are none, as fast as they go',
} as const;

export type FaultName = keyof typeof FAULTS;
export const isFault = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);
