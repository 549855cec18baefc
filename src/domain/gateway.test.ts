/** WL-13, WL-15: servers of the user's own. */
import { describe, expect, it } from 'vitest';
import { accountSource, addressRefusal, GATEWAY_TARGETS } from './account-sources.ts';
import { gatewayFault, gatewayOrigin, gatewayWarning } from './gateway.ts';

describe('a server of the user’s own', () => {
  it.each([
    'https://rpc.example.org',
    'https://rpc.example.org:8443/v2/base',
    'http://127.0.0.1:8545',
    'http://localhost:3000/',
    'https://10.0.0.7',
  ])('%s is taken', (text) => expect(gatewayFault(text)).toBe(''));
  it.each([
    ['', /Type the address/],
    ['rpc.example.org', /begins with https/],
    ['ftp://rpc.example.org', /begins with https/],
    ['javascript:alert(1)', /begins with https/],
    ['http://rpc.example.org', /only from this machine/],
    ['http://localhost.example.org', /only from this machine/],
    ['http://127.0.0.1.example.org', /only from this machine/],
    ['https://user:secret@rpc.example.org', /password/],
    ['https://rpc.example.org/?key=1', /nothing behind/],
    ['https://rpc.example.org/#a', /nothing behind/],
    ['https://rpc.example.org:0', /port/],
    ['https://rpc.example.org:70000', /port/],
    ['https://-a.example', /not the address/],
    ['https://a..example', /not the address/],
    ['https://a.example /x', /not the address/],
    ["https://a.example;script-src 'unsafe-inline'", /not the address/],
    ['https://', /not the address/],
    [`https://${'a'.repeat(300)}.example`, /at most/],
  ])('%s is refused with a sentence', (text, sentence) => expect(gatewayFault(text)).toMatch(sentence));

  it.each([
    ['https://rpc.example.org/v2/Ab3dEf6hIj9kLm2n', true],
    ['https://base-mainnet-0a1b2c3d4e5f6071.example.org', true],
    ['https://rpc.example.org/base', false],
    ['https://ethereum-rpc.publicnode.com', false],
    ['http://127.0.0.1:8545', false],
  ])('WL-15: %s looks like a key: %s', (text, looks) => expect(gatewayWarning(text) !== '').toBe(looks));

  it('is named by its origin where a policy has to allow it', () => {
    expect(gatewayOrigin('https://RPC.example.org:8443/v2/x')).toBe('https://rpc.example.org:8443');
  });
});

describe('sources of accounts', () => {
  it('every venue’s host that is asked, or its chain, may be stood in for', () => {
    const keys = GATEWAY_TARGETS.map(({ key }) => key);
    expect(keys).toEqual([...new Set(keys)]);
    expect(keys).toContain('chain:base');
    expect(keys.filter((key) => key.startsWith('https://')).every((key) => gatewayFault(key) === '')).toBe(true);
  });
  it('WL-2: addresses by their form', () => {
    expect(addressRefusal('evm', `0x${'aB'.repeat(20)}`)).toBeUndefined();
    expect(addressRefusal('evm', `0x${'ab'.repeat(19)}`)).toMatch(/40 hexadecimal/);
    expect(addressRefusal('dydx', `dydx1${'q'.repeat(38)}`)).toBeUndefined();
    expect(addressRefusal('dydx', `dydx1${'b'.repeat(38)}`)).toMatch(/dydx1/);
    expect(accountSource('aave-v3:base')?.name).toBe('Aave v3 on Base');
    expect(accountSource('nobody')).toBeUndefined();
  });
});
