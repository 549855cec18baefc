/** The shape of every message about watched addresses; it comes with their code. Rule SE-26. */
import { checked } from '../check-command.ts';
import { hasShape, isBoolean, isIndex, isRecord, type Kinds, nullable, optional, type Shape } from '../shapes.ts';
import type { CheckedCommand } from '../transport.ts';
import { ADDRESSES_MAX, type AddressCommand, type WatchedAddress } from './messages.ts';

/** Servers of one's own, at most; characters of a text. */
const GATEWAYS_MAX = 50;
const LENGTH_MAX = 300;

const isText: Shape = (value) => typeof value === 'string' && value.length <= LENGTH_MAX;
const isWatched = hasShape({ source: isText, address: isText } satisfies Record<keyof WatchedAddress, Shape>);

const COMMANDS: Kinds<AddressCommand> = {
  'addresses-watch': hasShape({
    requestId: isIndex,
    addresses: (value) => Array.isArray(value) && value.length <= ADDRESSES_MAX && value.every(isWatched),
    gateways: (value) => isRecord(value) && Object.keys(value).length <= GATEWAYS_MAX && Object.values(value).every(isText),
    isStandIn: optional(isBoolean),
  }),
  'addresses-read': hasShape({ requestId: isIndex, only: optional(isWatched) }),
  'addresses-shock': hasShape({ requestId: isIndex, move: isText, asset: nullable(isText) }),
  'addresses-compare': hasShape({ requestId: isIndex, account: isText }),
  'addresses-show': hasShape({ requestId: isIndex, account: isText }),
};

/** `message` as a command about addresses, or why it is none. */
export const checkAddresses = (message: unknown): CheckedCommand => checked(COMMANDS, message);
