/** A file of the app itself, as text: bounded in size and time, and never from another origin. */

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
  return readBounded(response, path, bounds.bytesMax);
}

/** The body as text; rejects where it is larger than `bytesMax`, without reading on. */
export async function readBounded(response: Response, path: string, bytesMax: number): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      throw new Error(`${path} is larger than ${bytesMax} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}
