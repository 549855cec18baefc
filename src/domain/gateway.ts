/**
 * Servers of the user's own that are asked in place of a venue's host (rules WL-13 to WL-15 of docs/spec/watched-addresses.md). Text typed by a person: checked before anything
 * is sent to it.
 */

/** Longer addresses are none. */
const LENGTH_MAX = 300;
/** Hosts of the machine itself, on which `http` is no risk. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1)$/;
/** A part of a path that looks like a key: sixteen or more letters and digits, with a digit among them. */
const KEY = /^(?=[^/]*\d)[A-Za-z0-9_-]{16,}$/;

/** Parts of `https://host:port/path`; undefined where it is nothing of the kind. Spelled out: engines of URLs mend what should be refused. */
const PARTS = /^(https?):\/\/([A-Za-z0-9.-]+)(?::(\d{1,5}))?(\/[A-Za-z0-9._~%/-]*)?$/;

/** Why `text` is no server to ask, in a sentence for people; '' where it is one. */
export function gatewayFault(text: string): string {
  if (text === '') return 'Type the address of a server, such as https://rpc.example.org.';
  if (text.length > LENGTH_MAX) return `An address of a server has at most ${LENGTH_MAX} characters.`;
  if (!/^https?:\/\//.test(text)) return 'The address of a server begins with https://.';
  if (text.includes('@')) return 'A name or a password does not belong into the address of a server.';
  if (/[?#]/.test(text)) return 'The address of a server ends with its path: nothing behind ? or #.';
  const [, scheme, host = '', port] = PARTS.exec(text) ?? [];
  if (!scheme || /^[.-]|\.\.|[.-]$/.test(host)) return 'This is not the address of a server, such as https://rpc.example.org.';
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return 'A port is a number from 1 to 65535.';
  if (scheme === 'http' && !LOOPBACK.test(host))
    return 'Use https://: http:// is taken only from this machine (http://127.0.0.1, http://localhost).';
  return '';
}

/** What a person should know before they use `text`, in a sentence; '' where there is nothing. Only of what `gatewayFault` lets pass. */
export function gatewayWarning(text: string): string {
  const [, , host = '', , path = ''] = PARTS.exec(text) ?? [];
  const looksLikeKey = [...path.split('/'), ...host.split('.')].some((part) => KEY.test(part));
  return looksLikeKey
    ? 'This address looks as if it held a key of yours. It is kept on this device as it stands here and sent to that server with every question; anybody with the device can read it.'
    : '';
}

/** `https://host:port` of a gateway that was let pass: what the page's policy has to allow. */
export const gatewayOrigin = (text: string): string => text.split('/').slice(0, 3).join('/').toLowerCase();
