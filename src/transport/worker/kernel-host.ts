/** Where the numeric kernels run: memory and instantiation of WebAssembly, handed to the session, which knows no such thing itself. */

const PAGE_BYTES = 65_536;
/** 4 GiB: all that a 32-bit module can address; the shared module says the same. */
const PAGES_MAX = 65_536;

/**
 * A host for the compiled kernels; undefined where this browser or its policy does not run WebAssembly, or not its vector
 * instructions. `isShared` puts the columns into memory that the page can read too: only where it is cross-origin isolated.
 * Memory is never grown: views of it stay valid.
 */
export function createKernelHost(isShared: boolean) {
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(VECTOR_PROBE)) return undefined;
  return {
    isShared,
    createMemory: (bytes: number): { readonly buffer: ArrayBufferLike } => {
      const pages = Math.ceil(bytes / PAGE_BYTES);
      return new WebAssembly.Memory(isShared ? { initial: pages, maximum: PAGES_MAX, shared: true } : { initial: pages });
    },
    instantiate: <Exports>(module: Uint8Array, memory: { readonly buffer: ArrayBufferLike }): Exports => {
      const compiled = new WebAssembly.Module(module as Uint8Array<ArrayBuffer>);
      return new WebAssembly.Instance(compiled, { env: { memory: memory as WebAssembly.Memory } }).exports as unknown as Exports;
    },
  };
}

/** The smallest module with a vector instruction: a function that drops v128.const 0. */
const VECTOR_PROBE = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x0a, 0x17, 0x01, 0x15, 0x00,
  0xfd, 0x0c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x1a, 0x0b,
]);
