import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchText } from './fetch-text.ts';

const BASE = 'http://localhost:4173/app/index.html';
const answer = (body: string, status = 200) => vi.fn<typeof fetch>(() => Promise.resolve(new Response(body, { status })));

afterEach(() => vi.unstubAllGlobals());

describe('a file of the app', () => {
  it('is fetched below the base, without following it elsewhere', async () => {
    const fetched = answer('ελ text');
    vi.stubGlobal('fetch', fetched);
    expect(await fetchText('demo/book.json', BASE)).toBe('ελ text');
    expect(String(fetched.mock.calls[0]?.[0])).toBe('http://localhost:4173/app/demo/book.json');
    await expect(fetchText('https://elsewhere.example/x', BASE)).rejects.toThrow('not a file of this app');
    await expect(fetchText('//elsewhere.example/x', BASE)).rejects.toThrow('not a file of this app');
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('error: is not there, or larger than allowed', async () => {
    vi.stubGlobal('fetch', answer('', 404));
    await expect(fetchText('x', BASE)).rejects.toThrow('404');
    vi.stubGlobal('fetch', answer('x'.repeat(101)));
    await expect(fetchText('x', BASE, { bytesMax: 100, timeoutMs: 1_000 })).rejects.toThrow('larger than 100');
    vi.stubGlobal('fetch', answer('x'.repeat(100)));
    expect(await fetchText('x', BASE, { bytesMax: 100, timeoutMs: 1_000 })).toHaveLength(100);
  });
});
