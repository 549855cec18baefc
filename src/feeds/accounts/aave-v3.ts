/**
 * Aave v3 and Spark through a chain's public RPC: six words of `getUserAccountData`, read at one block. Contract and length are checked: Aave v4 answers the same selector with
 * other words (AA-7). Sources: aave-dao/aave-address-book 4.68.1; aave/interface for the RPC hosts.
 */
import * as v from 'valibot';
import { parseAaveV3 } from '../../venues/aave-v3/parse.ts';
import { check } from '../../wire/schema.ts';
import { type AccountReading, type AccountSource, type Ask, AskError, evmRefusal } from './source.ts';

export interface Chain {
  readonly name: string;
  readonly pool: string;
  /** In the order in which they are tried. */
  readonly rpcs: readonly string[];
}

export const CHAINS: readonly Chain[] = [
  {
    name: 'ethereum',
    pool: '0x87870Bca3F3fD6335C3F4ce8392D69350B4fA4E2',
    rpcs: ['https://ethereum-rpc.publicnode.com', 'https://eth.llamarpc.com', 'https://eth-mainnet.public.blastapi.io'],
  },
  {
    name: 'base',
    pool: '0xA238Dd80C259a72e81d7e4664a9801593F98d1c5',
    rpcs: ['https://base.publicnode.com', 'https://base.llamarpc.com', 'https://1rpc.io/base'],
  },
  { name: 'arbitrum', pool: '0x794a61358D6845594F94dc1DB02A252b5b4814aD', rpcs: ['https://arb1.arbitrum.io/rpc', 'https://1rpc.io/arb'] },
  { name: 'optimism', pool: '0x794a61358D6845594F94dc1DB02A252b5b4814aD', rpcs: ['https://optimism-rpc.publicnode.com'] },
  { name: 'polygon', pool: '0x794a61358D6845594F94dc1DB02A252b5b4814aD', rpcs: ['https://polygon-bor-rpc.publicnode.com'] },
];

const GET_USER_ACCOUNT_DATA = '0xbf92857c';
const WORDS = 6;

const errorSchema = v.looseObject({ error: v.looseObject({ message: v.string() }) });
const hex = (digits: string) =>
  v.pipe(v.string('expected hexadecimal text'), v.regex(new RegExp(`^0x[0-9a-fA-F]${digits}$`), 'expected hexadecimal text'));
const blockSchema = v.looseObject({ result: v.looseObject({ number: hex('{1,16}'), timestamp: hex('{1,16}') }) });
const callSchema = v.looseObject({
  result: v.pipe(
    v.string('expected hexadecimal text'),
    v.regex(new RegExp(`^0x[0-9a-fA-F]{${WORDS * 64}}$`), `expected ${WORDS} words of 32 bytes: another contract answers here`),
  ),
});

const rpc = (id: number, method: string, params: readonly unknown[]): string => JSON.stringify({ jsonrpc: '2.0', id, method, params });

/** One block for every read: its number is pinned, its time dates the book. */
async function readChain(chain: Chain, address: string, ask: Ask): Promise<AccountReading> {
  const failures: string[] = [];
  for (const url of chain.rpcs) {
    try {
      const { result: block } = check(
        blockSchema,
        refusing(await ask({ url, body: rpc(1, 'eth_getBlockByNumber', ['latest', false]), weight: 1 })),
      );
      const data = `${GET_USER_ACCOUNT_DATA}${address.slice(2).toLowerCase().padStart(64, '0')}`;
      const call = rpc(2, 'eth_call', [{ to: chain.pool, data }, block.number]);
      const { result } = check(callSchema, refusing(await ask({ url, body: call, weight: 1 })));
      const asOf = new Date(Number.parseInt(block.timestamp, 16) * 1_000).toISOString();
      const account = `${address.toLowerCase()}@${chain.name}`;
      const book = parseAaveV3(result, { asOf, accountId: account });
      return { book, theirs: [{ account, healthFactor: healthFactorOf(result), positions: [] }] };
    } catch (error) {
      failures.push(`${new URL(url).host}: ${error instanceof Error ? error.message : 'no answer'}`);
    }
  }
  throw new AskError(`no answer for ${chain.name} (${failures.join('; ')})`, 0);
}

/** A JSON-RPC error is no answer. */
function refusing(answer: unknown): unknown {
  if (v.is(errorSchema, answer)) throw new AskError(answer.error.message.slice(0, 200), 0);
  return answer;
}

/** The sixth word, a wad; null for the 2^256 − 1 of an account without debt. */
function healthFactorOf(answer: string): string | null {
  const word = BigInt(`0x${answer.slice(-64)}`);
  if (word === 2n ** 256n - 1n) return null;
  const digits = word.toString().padStart(19, '0');
  return `${digits.slice(0, -18)}.${digits.slice(-18)}`;
}

export const aaveAccounts = (chain: Chain): AccountSource => ({
  id: `aave-v3:${chain.name}`,
  name: `Aave v3 on ${chain.name}`,
  hosts: chain.rpcs.map((url) => new URL(url).origin),
  refusal: evmRefusal,
  read: (address, ask) => readChain(chain, address, ask),
});
