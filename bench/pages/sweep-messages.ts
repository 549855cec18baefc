/** What page and worker of the sweep bench say to each other. */

export interface SweepRequest {
  readonly accounts: number;
  readonly rounds: number;
  readonly withObjects: boolean;
}

/** ms of one round; 0 where it was not asked for. */
export interface SweepTimes {
  readonly memory: number;
  readonly compiled: number;
  readonly plain: number;
  readonly objects: number;
}

export interface SweepReply {
  /** Read and written by one sweep, and summed by the reference. */
  readonly bytes: number;
  readonly positions: number;
  /** Worst difference between the kernel's columns and the objects', relative to the account's gross size. */
  readonly worst: number;
  readonly times: readonly SweepTimes[];
}
