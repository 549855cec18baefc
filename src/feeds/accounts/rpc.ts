/**
 * A chain through its public servers: one block for every question of a reading, several calls in one through Multicall3 (rules AA-7, AA-20 to AA-22 of docs/spec/addresses.md). The servers are
 * tried in turn; what is read of one is never mixed with what another said.
 * Sources: mds1/multicall (`0xcA11…CA11`, the same on every chain), the Ethereum JSON-RPC specification.
 */
import * as v from 'valibot';
import { CHAIN_NUMBERS, CHAIN_SERVERS, type ChainName } from '../../domain/account-sources.ts';
import { InputError, refuse } from '../../domain/fault.ts';
import { check } from '../../wire/schema.ts';
import { type Call, callData, decodeAggregate, encodeAggregate, Words } from './abi.ts';
import { type Ask, AskError } from './source.ts';

const MULTICALL3 = '0xcA11bde05977b3631167028862bE2a173976CA11';
/** A newest block that is further from our clock than this is no newest block, or our clock is wrong. */
const SKEW_MS = 10 * 60_000;
/** Calls in one question: public servers bound what one may cost. */
const CALLS_MAX = 120;

const errorSchema = v.looseObject({ error: v.looseObject({ message: v.string() }) });
const resultSchema = v.looseObject({ result: v.string('expected hexadecimal text') });
const hex = v.pipe(v.string('expected hexadecimal text'), v.regex(/^0x[0-9a-fA-F]{1,16}$/, 'expected a number as hexadecimal text'));
const blockSchema = v.looseObject({
  result: v.looseObject({
    number: hex,
    timestamp: hex,
    hash: v.pipe(v.string('expected hexadecimal text'), v.regex(/^0x[0-9a-fA-F]{64}$/, 'expected a hash of 32 bytes')),
  }),
});

export interface Block {
  readonly number: string;
  readonly hash: string;
  /** Its time, ms since the epoch: what is read is of then. */
  readonly timeMs: number;
}

/** Calls at one block of one server. */
export interface Chain {
  readonly name: ChainName;
  readonly block: Block;
  /** The answers in the order of the calls; undefined only where a call may fail and did. Throws `InputError` where one failed that may not. */
  readonly call: (calls: readonly Call[]) => Promise<readonly (string | undefined)[]>;
  readonly ask: Ask;
}

const WEIGHT = 1;

/**
 * What `read` makes of one block of the chain, with the first server that answers well. The block's time must be near `nowMs`, the server must be of this chain, and the block must stand
 * afterwards as it stood before (AA-22). Throws `AskError` with every server's reason.
 */
export async function readChain<T>(name: ChainName, ask: Ask, nowMs: number, read: (chain: Chain) => Promise<T>): Promise<T> {
  const failures: { readonly text: string; readonly status: number }[] = [];
  for (const url of CHAIN_SERVERS[name]) {
    try {
      return await readAt(name, url, ask, nowMs, read);
    } catch (error) {
      failures.push({ text: `${url.split('/')[2]}: ${sentenceOf(error)}`, status: error instanceof AskError ? error.status : 0 });
    }
  }
  const [first] = failures;
  const isSame = first !== undefined && failures.every(({ status }) => status === first.status);
  throw new AskError(`no answer for ${name} (${failures.map(({ text }) => text).join('; ')})`, isSame ? first.status : 0);
}

async function readAt<T>(name: ChainName, url: string, ask: Ask, nowMs: number, read: (chain: Chain) => Promise<T>): Promise<T> {
  const put = async (method: string, params: readonly unknown[]): Promise<unknown> =>
    refusing(await ask({ url, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), weight: WEIGHT }));
  const block = blockOf(await put('eth_getBlockByNumber', ['latest', false]));
  const skewMs = block.timeMs - nowMs;
  if (Math.abs(skewMs) > SKEW_MS) {
    const minutes = Math.round(Math.abs(skewMs) / 60_000);
    throw new AskError(`its newest block is ${minutes} minutes ${skewMs < 0 ? 'old: it is behind' : 'ahead of the clock here'}`, 0);
  }
  const aggregate = async (calls: readonly Call[]): Promise<readonly (string | undefined)[]> => {
    const guards = [
      { to: MULTICALL3, data: '0x0f28c97d' },
      { to: MULTICALL3, data: '0x3408e470' },
    ];
    const all = [...guards, ...calls];
    const { result } = check(resultSchema, await put('eth_call', [{ to: MULTICALL3, data: encodeAggregate(all) }, block.number]));
    const [time, id, ...answers] = decodeAggregate(result, all.length);
    if (new Words(id ?? '0x').exactly(1).uint(0) !== BigInt(CHAIN_NUMBERS[name])) throw new AskError(`it is not of ${name}`, 0);
    if (new Words(time ?? '0x').exactly(1).uint(0) * 1_000n !== BigInt(block.timeMs)) throw reorganised();
    return answers.map((answer, i) => answer ?? failed(calls[i]));
  };
  const answer = await read({
    name,
    block,
    ask,
    call: async (calls) => {
      // Nothing to ask is nothing to pay for.
      const answers: (string | undefined)[] = [];
      for (let at = 0; at < calls.length; at += CALLS_MAX) answers.push(...(await aggregate(calls.slice(at, at + CALLS_MAX))));
      return answers;
    },
  });
  // A block that another took the place of: what was read is of no chain any more.
  if (blockOf(await put('eth_getBlockByNumber', [block.number, false])).hash !== block.hash) throw reorganised();
  return answer;
}

const reorganised = (): AskError => new AskError('the chain was reorganised while it was read', 0);

function failed(call: Call | undefined): undefined {
  if (call?.mayFail) return undefined;
  throw new AskError(`the contract ${call?.to ?? ''} does not know what it was asked: another contract stands there`, 0);
}

function blockOf(answer: unknown): Block {
  const { number, timestamp, hash } = check(blockSchema, answer).result;
  const seconds = BigInt(timestamp);
  if (seconds >= 253_402_300_800n) refuse('/result/timestamp', 'expected seconds before the year 10000');
  return { number, hash: hash.toLowerCase(), timeMs: Number(seconds) * 1_000 };
}

/** A JSON-RPC error is no answer. */
function refusing(answer: unknown): unknown {
  if (v.is(errorSchema, answer)) throw new AskError(answer.error.message.slice(0, 200), 0);
  return answer;
}

function sentenceOf(error: unknown): string {
  if (error instanceof InputError) {
    const [fault] = error.faults;
    return fault ? `${fault.pointer === '' ? 'the answer' : fault.pointer}: ${fault.message}` : 'an answer that cannot be read';
  }
  return error instanceof Error ? error.message : 'no answer';
}

/** One word: an address. */
export const addressOf = (answer: string | undefined, pointer: string): string => new Words(answer ?? '0x', pointer).exactly(1).address(0);
/** One word: a number. */
export const uintOf = (answer: string | undefined, pointer: string, bits = 256): bigint =>
  new Words(answer ?? '0x', pointer).exactly(1).uint(0, bits);

export const symbolCall = (token: string): Call => ({ to: token, data: callData('0x95d89b41'), mayFail: true });
