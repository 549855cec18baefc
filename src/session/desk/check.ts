/** The shape of every desk command. Bounds are part of the shape: a query of a thousand sort columns is no query. Rule SE-26. */
import { ALARM_STATES } from '../../policy/alarms/events.ts';
import { byKind, hasShape, isBoolean, isIndex, isInteger, isNumber, isString, type Kinds, nullable, oneOf, type Shape } from '../shapes.ts';
import { DESK_ALARM_COLUMNS, DESK_ALARMS_WINDOW_MAX } from './alarms/messages.ts';
import {
  DESK_COLUMNS,
  DESK_EXPORT_FORMATS,
  DESK_PANELS,
  DESK_POPULATION_MAX,
  DESK_RANGES_MAX,
  DESK_RUNGS_MAX,
  DESK_SORTS_MAX,
  DESK_WATCHED_MAX,
  DESK_WHALES_MAX,
  DESK_WINDOW_MAX,
  type DeskAlarmQuery,
  type DeskCommand,
  type DeskFilter,
  type DeskPanelsWish,
  type DeskQuery,
  type DeskRange,
  type DeskRung,
  type DeskSort,
  type DeskSource,
  RISK_STATES,
} from './messages.ts';

type Shapes<T> = Record<keyof T, Shape>;

/** Names of a list at most, and characters of a name. */
const NAMES_MAX = 5_000;
const NAME_LENGTH_MAX = 1_000;

const isName: Shape = (value) => typeof value === 'string' && value.length <= NAME_LENGTH_MAX;
const listOf =
  (shape: Shape, most: number): Shape =>
  (value) =>
    Array.isArray(value) && value.length <= most && value.every((entry) => shape(entry));
const between =
  (least: number, most: number): Shape =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;
const wholeBetween =
  (least: number, most: number): Shape =>
  (value) =>
    isInteger(value) && between(least, most)(value);

/** Of any realm: what crosses a border is not always made by this one's constructor. */
const isBytes: Shape = (value) => Object.prototype.toString.call(value) === '[object ArrayBuffer]';
const isFile: Shape = (value) =>
  typeof value === 'object' &&
  value !== null &&
  'size' in value &&
  isIndex(value.size) &&
  'slice' in value &&
  typeof value.slice === 'function' &&
  'arrayBuffer' in value &&
  typeof value.arrayBuffer === 'function';

const SOURCES: Kinds<DeskSource> = {
  book: hasShape({}),
  file: hasShape({ name: isName, content: (value) => isBytes(value) || isFile(value) }),
  population: hasShape({ accounts: wholeBetween(1, DESK_POPULATION_MAX), seed: isInteger }),
};

const isColumn = oneOf(...DESK_COLUMNS);
const isSortColumn = oneOf(...DESK_COLUMNS, 'venue', 'account');
const isSort = listOf(hasShape({ column: isSortColumn, falling: isBoolean } satisfies Shapes<DeskSort>), DESK_SORTS_MAX);
const isRange = hasShape({
  column: isColumn,
  atLeast: nullable(isNumber),
  atMost: nullable(isNumber),
  isBelow: isBoolean,
} satisfies Shapes<DeskRange>);
const isRung = hasShape({ market: isName, after: between(-1, 10), upTo: between(-1, 10) } satisfies Shapes<DeskRung>);

const isFilter: Shape = hasShape({
  states: listOf(oneOf(...RISK_STATES), RISK_STATES.length),
  venues: listOf(isName, NAMES_MAX),
  markets: listOf(isName, NAMES_MAX),
  side: oneOf('any', 'long', 'short'),
  ranges: listOf(isRange, DESK_RANGES_MAX),
  rung: nullable(isRung),
  text: isName,
  watchedOnly: isBoolean,
} satisfies Shapes<DeskFilter>);

const isQuery: Shape = hasShape({
  filter: isFilter,
  sort: isSort,
  window: hasShape({ from: isIndex, count: wholeBetween(0, DESK_WINDOW_MAX) }),
  freeze: isBoolean,
  columns: listOf(isSortColumn, DESK_COLUMNS.length + 2),
} satisfies Shapes<DeskQuery>);

const isWish: Shape = hasShape({
  visible: listOf(oneOf(...DESK_PANELS), DESK_PANELS.length),
  ladderMarket: isName,
  ladderStep: between(0.000_1, 0.5),
  ladderRungs: wholeBetween(1, DESK_RUNGS_MAX),
  whales: wholeBetween(1, DESK_WHALES_MAX),
} satisfies Shapes<DeskPanelsWish>);

const isAlarmQuery: Shape = hasShape({
  states: listOf(oneOf(...ALARM_STATES), ALARM_STATES.length),
  venues: listOf(isName, NAMES_MAX),
  text: isName,
  isUnacknowledgedOnly: isBoolean,
  sort: hasShape({ column: oneOf(...DESK_ALARM_COLUMNS), falling: isBoolean }),
  window: hasShape({ from: isIndex, count: wholeBetween(0, DESK_ALARMS_WINDOW_MAX) }),
} satisfies Shapes<DeskAlarmQuery>);

export const DESK_SHAPES: Kinds<DeskCommand> = {
  'desk-alarms': hasShape({ requestId: isIndex, query: nullable(isAlarmQuery) }),
  'desk-alarms-acknowledge': hasShape({ requestId: isIndex, episode: isName }),
  'desk-open': hasShape({ requestId: isIndex, source: byKind(SOURCES) }),
  'desk-cancel': hasShape({ requestId: isIndex }),
  'desk-query': hasShape({ requestId: isIndex, query: isQuery }),
  'desk-panels': hasShape({ requestId: isIndex, wish: isWish }),
  'desk-row': hasShape({ requestId: isIndex, account: isString }),
  'desk-export': hasShape({
    requestId: isIndex,
    content: oneOf('figures', 'accounts'),
    format: oneOf(...DESK_EXPORT_FORMATS),
    columns: listOf(isColumn, DESK_COLUMNS.length),
    filter: isFilter,
    sort: isSort,
  }),
  'desk-watch': hasShape({ requestId: isIndex, accounts: listOf(isName, DESK_WATCHED_MAX) }),
  'desk-close': hasShape({ requestId: isIndex }),
  'desk-seen': hasShape({ sequence: isIndex }),
};
