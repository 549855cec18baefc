/** PS-12, WL-14: the page may speak to the hosts of its streams and account sources, to this machine, and to servers that its host names; to nothing else. */
import { describe, expect, it } from 'vitest';
import { ACCOUNT_ORIGINS, ACCOUNT_SOURCE_FACTS } from '../src/domain/account-sources.ts';
import { STREAM_ORIGINS } from '../src/domain/venue-hosts.ts';
import { ACCOUNT_SOURCES } from '../src/feeds/accounts/index.ts';
import { standIn } from '../src/feeds/live/stand-in.ts';
import { STREAMS } from '../src/feeds/live/streams/index.ts';
import { CONNECT_HOSTS, contentSecurityPolicy, gatewayOrigins, LOOPBACK_HOSTS } from './content-security-policy.ts';

const originOf = (url: string): string => {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
};
const connectSources = (policy: string): string[] =>
  (policy.split('; ').find((directive) => directive.startsWith('connect-src ')) ?? '').split(' ').slice(1);
const MARKETS = [{ market: 'BTC', symbol: 'BTC' }];
/** Every origin that any stream of the app opens or asks. */
const spoken = STREAMS.flatMap((stream) => [
  originOf(stream.address(MARKETS)),
  ...(stream.snapshot ? [originOf(stream.snapshot.url)] : []),
]);

describe('where the page may connect to', () => {
  it('every address of every stream is allowed', () => {
    for (const origin of spoken) expect(CONNECT_HOSTS).toContain(origin);
    expect(spoken.length).toBeGreaterThanOrEqual(9);
  });

  it('nothing is allowed that no stream and no source of accounts speaks to', () => {
    expect(STREAM_ORIGINS.slice().sort()).toEqual([...new Set(spoken)].sort());
    const asked = new Set(ACCOUNT_SOURCES.flatMap(({ hosts }) => hosts));
    for (const origin of asked) expect(ACCOUNT_ORIGINS).toContain(origin);
    for (const origin of ACCOUNT_ORIGINS) expect([...asked, ...spoken]).toContain(origin);
    expect(CONNECT_HOSTS.slice().sort()).toEqual([...new Set([...spoken, ...ACCOUNT_ORIGINS])].sort());
    expect(ACCOUNT_SOURCE_FACTS.map(({ id }) => id)).toEqual(ACCOUNT_SOURCES.map(({ id }) => id));
    expect(new Set(CONNECT_HOSTS).size).toBe(CONNECT_HOSTS.length);
  });

  it('whole hosts over secure connections only: no wildcard, no path, no scheme alone', () => {
    for (const origin of CONNECT_HOSTS) expect(origin).toMatch(/^(wss|https):\/\/[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/);
  });

  it.each(['header', 'meta'] as const)('the policy names the page’s own origin, these hosts and nothing more (%s)', (place) => {
    expect(connectSources(contentSecurityPolicy({ place }))).toEqual(["'self'", ...CONNECT_HOSTS, ...LOOPBACK_HOSTS]);
    expect(connectSources(contentSecurityPolicy({ place, nonce: 'development', gateways: ['https://rpc.example'] }))).toEqual([
      "'self'",
      ...CONNECT_HOSTS,
      ...LOOPBACK_HOSTS,
      'https://rpc.example',
    ]);
  });

  it('servers that the host names: whole origins, checked like those that a user types', () => {
    expect(gatewayOrigins('')).toEqual([]);
    expect(gatewayOrigins(' https://A.example/  https://b.example:8443 https://a.example')).toEqual([
      'https://a.example',
      'https://b.example:8443',
    ]);
    for (const bad of [
      'http://a.example',
      'https://*.example',
      'a.example',
      "'unsafe-inline'",
      'https://a.example;script-src',
      'https://u:p@a.example',
    ])
      expect(() => gatewayOrigins(bad), bad).toThrow(/PLIMSOLL_GATEWAYS/);
    expect(() => gatewayOrigins('https://a.example/v2/key')).toThrow(/without a path: https:\/\/a\.example/);
  });

  it('a stand-in lies on the page’s own origin, and its name says what it is', () => {
    for (const stream of STREAMS) {
      const there = standIn(stream, 'https://page.example');
      expect(there.address(MARKETS)).toMatch(new RegExp(`^wss://page\\.example/venue-sim/${stream.id}/`));
      if (there.snapshot) expect(there.snapshot.url).toMatch(/^https:\/\/page\.example\/venue-sim\//);
      expect(there.name).toBe(`${stream.name} (stand-in)`);
    }
    expect(() => standIn(STREAMS[0] as (typeof STREAMS)[number], 'not an origin')).toThrow(TypeError);
  });
});
