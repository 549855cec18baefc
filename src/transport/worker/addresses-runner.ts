/** Accounts watched by address, as the worker runs them: commands in, frames out, on the host's beat. */
import type { AddressCommand } from '../../session/protocol.ts';

export interface AddressesRunner {
  readonly command: (command: AddressCommand) => void;
  readonly beat: () => void;
  /** The network is back, or the page is shown again. */
  readonly wake: () => void;
  readonly stop: () => void;
}
