/**
 * What the page may load, run and speak to; read by vite.config.ts for the servers and for the built page.
 * Nothing is allowed that is not named here.
 */
import { STREAM_ORIGINS } from '../src/domain/venue-hosts.ts';

/** Hosts besides its own that the page may connect to (`wss://…`, `https://…`): those of live venues, and nothing else. */
export const CONNECT_HOSTS: readonly string[] = STREAM_ORIGINS;

export interface PolicyOptions {
  /** `header` adds what only a response header can say (`frame-ancestors`); a `<meta>` element ignores it with a warning. */
  readonly place: 'header' | 'meta';
  /** The development server's inline module preamble and injected styles carry this nonce; a built page has neither. */
  readonly nonce?: string;
}

/** The policy as one line, for a `Content-Security-Policy` header or its `<meta http-equiv>` twin. */
export function contentSecurityPolicy({ place, nonce }: PolicyOptions): string {
  const inline = nonce === undefined ? '' : ` 'nonce-${nonce}'`;
  const directives = [
    "default-src 'none'",
    // Compiling WebAssembly counts as evaluating code; this allows that and no eval() of text. The bytes are the page's own script.
    `script-src 'self' 'wasm-unsafe-eval'${inline}`,
    "worker-src 'self'",
    `style-src 'self'${inline}`,
    ['connect-src', "'self'", ...CONNECT_HOSTS].join(' '),
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
export function securityHeaders(nonce?: string): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy({ place: 'header', ...(nonce === undefined ? {} : { nonce }) }),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
