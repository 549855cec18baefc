/** A file of the app itself, as text: bounded in size and time, and never from another origin. */
import { boundedText } from '../feeds/bounded.ts';

export interface FetchBounds {
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

/** A replay of a day in bars of a minute is 0.2 MB. */
export const APP_FILE_BOUNDS: FetchBounds = { bytesMax: 20_000_000, timeoutMs: 10_000 };

/**
 * The text at `path` below `baseUrl`. Rejects with a sentence for people: outside the app's origin, not found, too large, too slow.
 */
export async function fetchText(path: string, baseUrl: string, bounds: FetchBounds = APP_FILE_BOUNDS): Promise<string> {
  const url = new URL(path, baseUrl);
  if (url.origin !== new URL(baseUrl).origin) throw new Error(`${path} is not a file of this app`);
  const response = await fetch(url, { signal: AbortSignal.timeout(bounds.timeoutMs), credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${path} is not there (status ${response.status})`);
  return boundedText(response, bounds.bytesMax, () => new Error(`${path} is larger than ${bounds.bytesMax} bytes`));
}
