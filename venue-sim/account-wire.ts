/** How an answer about an account leaves a stand-in, spoilt as the fault says. */
import type { ServerResponse } from 'node:http';
import type { AccountFaultName } from './account-faults.ts';

const DELAY_MS = 2_000;
const HUGE = 40_000_000;
const PAGE = '<!doctype html><title>Scheduled maintenance</title><p>We will be back soon.';
const STATUSES: Readonly<Partial<Record<AccountFaultName, number>>> = {
  'too-many': 429,
  'geo-blocked': 403,
  'legally-blocked': 451,
  'account-maintenance': 503,
};

/** `pace`: so many times as fast as real. */
export function sendAccount(response: ServerResponse, answer: unknown, fault: AccountFaultName | undefined, pace: number): void {
  const text = JSON.stringify(answer);
  const status = STATUSES[fault ?? 'delayed'] ?? 200;
  const isPage = fault === 'no-json' || fault === 'account-maintenance';
  const headers = { 'content-type': isPage ? 'text/html' : 'application/json', 'access-control-allow-origin': '*' };
  if (fault === 'unanswered') return;
  if (fault === 'cut-off') {
    response.writeHead(200, { ...headers, 'content-length': String(text.length) });
    response.write(text.slice(0, text.length >> 1), () => response.destroy());
    return;
  }
  const send = (): void => {
    response.writeHead(status, headers);
    if (fault === 'huge-answer') flood(response);
    else response.end(isPage ? PAGE : status === 200 ? text : '{"errors":[{"msg":"GEOBLOCKED"}]}');
  };
  if (fault === 'delayed') setTimeout(send, DELAY_MS / pace).unref();
  else send();
}

/** Bytes without an end in sight, as fast as they are taken. */
function flood(response: ServerResponse): void {
  const piece = `"${'x'.repeat(1_000_000)}",`;
  let sent = 0;
  const more = (): void => {
    while (sent < HUGE && !response.destroyed) {
      sent += piece.length;
      if (!response.write(piece)) return void response.once('drain', more);
    }
    if (!response.destroyed) response.end(']');
  };
  response.write('[');
  more();
}
