/** The one place that reads the body of an answer, of a venue or of the app itself: bounded in size, as it comes. In time it is bounded by the request's own signal. */

/** The body as text, strict UTF-8; rejects with `tooLong()` as soon as it is longer than `bytesMax`, without reading on. No body: ''. */
export async function boundedText(response: Pick<Response, 'body'>, bytesMax: number, tooLong: () => Error): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let size = 0;
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > bytesMax) {
      await reader.cancel();
      throw tooLong();
    }
    text += decoder.decode(value, { stream: true });
  }
}
