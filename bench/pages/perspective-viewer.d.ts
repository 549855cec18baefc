/** The part of the viewer that the page uses; the package's own types are sources that need looser settings than ours. */
declare const viewer: { init_client(wasm: Promise<Response>): Promise<void> };
export default viewer;
