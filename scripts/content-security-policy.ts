/**
 * What the page may load, run and speak to; read by vite.config.ts for the servers and for the built page.
 * Nothing is allowed that is not named here.
 */
import { ACCOUNT_ORIGINS } from '../src/domain/account-sources.ts';
import { gatewayFault, gatewayOrigin } from '../src/domain/gateway.ts';
import { STREAM_ORIGINS } from '../src/domain/venue-hosts.ts';

/** Hosts besides its own that the page may connect to (`wss://…`, `https://…`): those of live venues and of account sources, and nothing else. */
export const CONNECT_HOSTS: readonly string[] = [...new Set([...STREAM_ORIGINS, ...ACCOUNT_ORIGINS])];

/** Servers that a user runs on the machine the page is shown on: nobody else is reached through them. */
export const LOOPBACK_HOSTS: readonly string[] = ['http://127.0.0.1:*', 'http://localhost:*'];

/** Names further servers that users may enter in place of a venue's, by spaces: `PLIMSOLL_GATEWAYS="https://a.example https://b.example"`. */
export const GATEWAYS_VARIABLE = 'PLIMSOLL_GATEWAYS';

/** Their origins. Throws where one is no server to ask, or carries a path: a policy that quietly allowed less or more would be found out by a user. */
export function gatewayOrigins(text: string): string[] {
  const origins = text.split(/\s+/).filter((part) => part !== '');
  for (const origin of origins) {
    const fault = gatewayFault(origin);
    if (fault !== '') throw new Error(`${GATEWAYS_VARIABLE}: ${JSON.stringify(origin)}: ${fault}`);
    if (origin.replace(/\/$/, '').toLowerCase() !== gatewayOrigin(origin))
      throw new Error(`${GATEWAYS_VARIABLE}: ${JSON.stringify(origin)}: name the server alone, without a path: ${gatewayOrigin(origin)}`);
  }
  return [...new Set(origins.map(gatewayOrigin))];
}

export interface PolicyOptions {
  /** `header` adds what only a response header can say (`frame-ancestors`); a `<meta>` element ignores it with a warning. */
  readonly place: 'header' | 'meta';
  /** The development server's inline module preamble and injected styles carry this nonce; a built page has neither. */
  readonly nonce?: string;
  /** Origins of `gatewayOrigins`. */
  readonly gateways?: readonly string[];
}

/** The policy as one line, for a `Content-Security-Policy` header or its `<meta http-equiv>` twin. */
export function contentSecurityPolicy({ place, nonce, gateways = [] }: PolicyOptions): string {
  const inline = nonce === undefined ? '' : ` 'nonce-${nonce}'`;
  const directives = [
    "default-src 'none'",
    // Compiling WebAssembly counts as evaluating code; this allows that and no eval() of text. The bytes are the page's own script.
    `script-src 'self' 'wasm-unsafe-eval'${inline}`,
    "worker-src 'self'",
    `style-src 'self'${inline}`,
    ['connect-src', "'self'", ...CONNECT_HOSTS, ...LOOPBACK_HOSTS, ...gateways].join(' '),
    "font-src 'self'",
    "img-src 'self' data: blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    ...(place === 'header' ? ["frame-ancestors 'none'"] : []),
  ];
  return directives.join('; ');
}

/** Every response's headers: the policy, isolation from other origins, and no guessing of types. */
export function securityHeaders(options: Omit<PolicyOptions, 'place'> = {}): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy({ place: 'header', ...options }),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
