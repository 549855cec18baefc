/** The shapes of the commands of studies: what has another is refused whole (SE-26). */
import {
  byKind,
  hasShape,
  isBoolean,
  isIndex,
  isInteger,
  isNumber,
  isRecord,
  isString,
  isTime,
  type Kinds,
  nullable,
  oneOf,
  type Shape,
} from '../shapes.ts';
import { BACK_TEST_BOUNDS, type StudyCommand } from './messages.ts';

const TEXT_MAX = 200_000_000;
const LIST_MAX = 1_000_000;
const isText: Shape = (value) => typeof value === 'string' && value.length <= TEXT_MAX;
const within =
  ([least, most]: readonly [number, number], isWhole = true): Shape =>
  (value) =>
    (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)) && (value as number) >= least && (value as number) <= most;
const list =
  (item: Shape, most = LIST_MAX): Shape =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every(item);
const doubles: Shape = (value) => value instanceof Float64Array;
const regime = oneOf('calm', 'normal', 'stress');
const lookMs = within(BACK_TEST_BOUNDS.lookMs);
const shippedRules = hasShape({});

const rule = byKind({
  shipped: shippedRules,
  ratio: shippedRules,
  bare: shippedRules,
  deadband: shippedRules,
  text: hasShape({ name: isString, text: isText }),
});

const stream = byKind({
  replay: hasShape({ name: isString, lookMs }),
  simulated: hasShape({ seed: isInteger, regime, days: within(BACK_TEST_BOUNDS.days), lookMs }),
});

const subjects = byKind({
  account: hasShape({ book: isText, account: isString }),
  population: hasShape({ accounts: within(BACK_TEST_BOUNDS.accounts), seed: isInteger }),
  'weekly-longs': hasShape({ leverage: within(BACK_TEST_BOUNDS.leverage, false), runs: within(BACK_TEST_BOUNDS.runs) }),
});

const samples: Shape = (value) =>
  hasShape({
    timeMs: doubles,
    equityText: list(isString),
    cashFlowText: list(isString),
    leverage: doubles,
    shock: doubles,
    isGap: (given) => given instanceof Uint8Array,
    fundingText: list(isString),
    fundingOf: list(nullable((given) => isRecord(given) && Object.values(given).every(isString))),
    fundingPerHourText: list(isString),
  })(value) &&
  isRecord(value) &&
  new Set(Object.values(value).map((column) => (column as ArrayLike<unknown>).length)).size === 1;

const trade = hasShape({
  timeMs: isTime,
  instrument: isString,
  size: isString,
  contractSize: isString,
  price: isString,
  fee: isString,
  isOpening: isBoolean,
});

const SHAPES: Kinds<StudyCommand> = {
  'study-back-test': hasShape({
    requestId: isIndex,
    baseUrl: isString,
    spec: hasShape({ rules: (value) => list(rule, 2)(value) && (value as readonly unknown[]).length === 2, stream, subjects }),
  }),
  'study-performance': hasShape({
    requestId: isIndex,
    spec: hasShape({
      samples,
      positions: list(hasShape({ instrument: isString, contract: isString, contractSize: isString, size: isString, markPrice: isString })),
      marginExcess: isString,
      unit: isString,
      trades: list(trade),
      tradesCsv: isText,
      method: oneOf('fifo', 'lifo', 'average'),
      fundingRate: isString,
      fundingIntervalMs: (value) => isNumber(value) && (value as number) > 0,
    }),
  }),
  'study-cancel': hasShape({ requestId: isIndex }),
};

const isCommand = byKind(SHAPES);

/** The message as a command, or undefined where it has another shape. */
export const checkStudy = (message: unknown): StudyCommand | undefined => (isCommand(message) ? (message as StudyCommand) : undefined);
