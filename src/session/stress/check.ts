/** The shape of every stress command. Bounds are part of the shape. Rule SE-26. */
import {
  byKind,
  hasShape,
  isBoolean,
  isIndex,
  isInteger,
  isRecord,
  isTextRecord,
  type Kinds,
  nullable,
  oneOf,
  optional,
  type Shape,
} from '../shapes.ts';
import {
  STRESS_DELEVERAGING,
  STRESS_LEFTOVERS,
  STRESS_PROCEDURES,
  STRESS_SORTS,
  STRESS_WORK,
  type StressAxis,
  type StressCommand,
  type StressDepth,
  type StressFunds,
  type StressScenario,
  type StressTier,
  type StressWindow,
} from './messages.ts';

type Shapes<T> = Record<keyof T, Shape>;

const NAMES_MAX = 5_000;
const NAME_LENGTH_MAX = 1_000;
/** Rows of a margin table. */
const TIERS_MAX = 200;
/** Rows of a window. */
const ROWS_MAX = 2_000;

const isName: Shape = (value) => typeof value === 'string' && value.length <= NAME_LENGTH_MAX;
const between =
  (least: number, most: number): Shape =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;
const listOf =
  (shape: Shape, most: number): Shape =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every((entry) => shape(entry));
const recordOf =
  (shape: Shape): Shape =>
  (value) =>
    isRecord(value) && Object.keys(value).length <= NAMES_MAX && Object.values(value).every((entry) => shape(entry));

const isTier = hasShape({ notionalFloor: isName, maintenanceMarginRate: isName } satisfies Shapes<StressTier>);

export const isScenario: Shape = hasShape({
  all: isName,
  betas: isTextRecord,
  moves: isTextRecord,
  pegs: listOf(hasShape({ asset: isName, venue: nullable(isName), move: isName }), NAMES_MAX),
  funding: isName,
  tiers: recordOf(listOf(isTier, TIERS_MAX)),
} satisfies Shapes<StressScenario>);

const isWindow: Shape = hasShape({
  only: oneOf('all', 'changed', 'liquidated'),
  sort: oneOf(...STRESS_SORTS),
  falling: isBoolean,
  from: isIndex,
  count: (value) => isIndex(value) && (value as number) <= ROWS_MAX,
} satisfies Shapes<StressWindow>);

const isSigma = between(0, 10);
const AXES: Kinds<StressAxis> = {
  market: hasShape({ market: isName, reach: between(0.000_1, 0.999) }),
  sigma: hasShape({ sigmas: recordOf(isSigma), otherwise: isSigma, reach: between(0.01, 100) }),
};

const isDollars = between(0, 1e15);
const isDepth: Shape = hasShape({
  perCent: recordOf(isDollars),
  otherwise: nullable(isDollars),
  multiplier: between(0.000_001, 1_000),
} satisfies Shapes<StressDepth>);

const isSubject = optional(oneOf('desk', 'account'));

const FUNDS: Kinds<StressFunds> = {
  one: hasShape({ amount: isDollars }),
  venues: hasShape({ amounts: recordOf(isDollars) }),
};

export const STRESS_SHAPES: Kinds<StressCommand> = {
  'stress-what-if': hasShape({ requestId: isIndex, scenario: nullable(isScenario), window: nullable(isWindow) }),
  'stress-window': hasShape({ requestId: isIndex, window: isWindow }),
  'stress-matrix': hasShape({ requestId: isIndex, x: byKind(AXES), y: byKind(AXES), subject: isSubject }),
  'stress-cascade': hasShape({
    requestId: isIndex,
    scenario: isScenario,
    depth: isDepth,
    procedure: oneOf(...STRESS_PROCEDURES),
    leftovers: oneOf(...STRESS_LEFTOVERS),
    funds: byKind(FUNDS),
    deleveraging: oneOf(...STRESS_DELEVERAGING),
    subject: isSubject,
  }),
  'stress-feedback': hasShape({
    requestId: isIndex,
    depth: isDepth,
    fall: (value) => between(-0.5, 0.5)(value) && value !== 0,
    target: between(0, 10),
    hasCritical: isBoolean,
  }),
  'stress-watch': hasShape({
    requestId: isIndex,
    depth: isDepth,
    fall: (value) => between(-0.5, 0.5)(value) && value !== 0,
    target: between(0, 10),
  }),
  'stress-paths': hasShape({
    requestId: isIndex,
    paths: (value) => isIndex(value) && (value as number) >= 1 && (value as number) <= 1_000_000,
    seed: isInteger,
    sigmas: recordOf(isSigma),
    otherwise: isSigma,
    common: between(0, 1),
    days: between(0.01, 365),
  }),
  'stress-distance': hasShape({
    requestId: isIndex,
    depth: isDepth,
    blend: between(0, 1),
    rates: hasShape({ supply: between(-1, 10), borrow: between(-1, 10) }),
  }),
  'stress-critical': hasShape({ requestId: isIndex, depth: isDepth, blend: between(0, 1) }),
  'stress-crowding': hasShape({ requestId: isIndex, account: isName, depth: isDepth, blend: between(0, 1) }),
  'stress-cancel': hasShape({ requestId: isIndex, of: nullable(oneOf(...STRESS_WORK, 'stress-watch')) }),
};
