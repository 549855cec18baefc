import { describe, expect, it } from 'vitest';
import { compile } from '../../../scripts/build-kernel.mjs';
import { bytesOfBase64 } from './kernel.ts';
import { KERNEL_BYTES, KERNEL_BYTES_SHARED } from './kernel-bytes.ts';

describe('the compiled bytes', () => {
  it('behavior: come from the source that lies beside them', async () => {
    expect(Buffer.from(bytesOfBase64(KERNEL_BYTES)).equals(Buffer.from(await compile(false)))).toBe(true);
    // The shared one comes of the same run; compiling it too would double the longest test there is.
    expect(WebAssembly.validate(bytesOfBase64(KERNEL_BYTES_SHARED) as Uint8Array<ArrayBuffer>)).toBe(true);
  });
});
