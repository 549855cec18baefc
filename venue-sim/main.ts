/**
 * `npm run venue-sim -- [VENUE] [--port N] [--fault NAME]`: stands in for venues on this machine, with invented prices, to try the app against. The page of
 * `npm run dev` or `npm run preview` passes `/venue-sim/` on to it; open it with `?stand-in=1`.
 */
import { parseArgs } from 'node:util';
import { ACCOUNT_FAULTS, isAccountFault } from './account-faults.ts';
import { FAULTS, isFault } from './faults.ts';
import { startVenueSim } from './server.ts';
import { VENUES } from './venues.ts';

/** Where the page's server looks for it (vite.config.ts). */
const PORT = 8790;
/** Where accounts are read by their addresses: any address has one. */
const ACCOUNTS = ['hyperliquid', 'dydx-v4', 'ethereum', 'base', 'arbitrum', 'optimism', 'polygon'];

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: {
    port: { type: 'string' },
    fault: { type: 'string' },
    seed: { type: 'string' },
    rate: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
  allowPositionals: true,
});
const [venue] = positionals;
const port = Number(values.port ?? PORT);
/** So many times the normal rate of frames. */
const rate = Number(values.rate ?? 1);

function refuse(message: string): never {
  process.stderr.write(`${JSON.stringify({ error: { pointer: '', message } })}\n`);
  process.exit(2);
}

if (values.help) {
  const faults = Object.entries({ ...FAULTS, ...ACCOUNT_FAULTS }).map(([name, text]) => `  ${name.padEnd(20)} ${text}`);
  process.stdout.write(
    `Usage: npm run venue-sim -- [VENUE] [--port N] [--fault NAME] [--seed N] [--rate N]\n\nVenues: ${Object.keys(VENUES).join(', ')}; accounts: those read by their addresses (${ACCOUNTS.join(', ')})\n\nFaults:\n${faults.join('\n')}\n`,
  );
} else {
  if (venue !== undefined && venue !== 'accounts' && !Object.hasOwn(VENUES, venue))
    refuse(`there is no venue ${venue}: ${Object.keys(VENUES).join(', ')}`);
  if (values.fault !== undefined && !isFault(values.fault) && !isAccountFault(values.fault))
    refuse(`there is no fault ${values.fault}: ${Object.keys({ ...FAULTS, ...ACCOUNT_FAULTS }).join(', ')}`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) refuse(`--port is a whole number up to 65535, not ${values.port}`);
  if (!(rate > 0 && rate <= 1_000)) refuse(`--rate is a number above 0, 1000 at most, not ${values.rate}`);
  const fault = values.fault !== undefined && isFault(values.fault) ? values.fault : undefined;
  const accountFault = values.fault !== undefined && isAccountFault(values.fault) ? values.fault : undefined;
  const sim = await startVenueSim({
    port,
    seed: Number(values.seed ?? 1),
    rate,
    ...(fault ? { fault } : {}),
    ...(accountFault ? { accountFault } : {}),
  });
  const names = venue === undefined ? [...Object.keys(VENUES), ...ACCOUNTS] : venue === 'accounts' ? ACCOUNTS : [venue];
  process.stdout.write(`${names.map((name) => `${name}: ${sim.origin}/venue-sim/${name}`).join('\n')}\n`);
  if (fault) process.stdout.write(`fault: ${FAULTS[fault]}\n`);
  if (accountFault) process.stdout.write(`fault: ${ACCOUNT_FAULTS[accountFault]}\n`);
  process.stdout.write('Invented prices. Open the page with ?stand-in=1 and choose the venue as price source; ctrl-c ends it.\n');
  process.once('SIGINT', () => void sim.close()).once('SIGTERM', () => void sim.close());
}
