// @ts-check
/**
 * `npm run soak -- [--minutes 30] [--rate 10]`: every live stream against stand-ins at ten times their normal rate with a fault a minute, in real time; heap, sockets and
 * listeners must stay flat. Prints one line a minute, then one JSON line; exit status 1 where something grew or did not come back. Figures: docs/benchmarks.md.
 */
process.argv.splice(2, 0, 'venue-sim/soak');
await import('./run.mjs');
