/** Hands bytes to the browser as a file to keep. */
export function download(name: string, bytes: Blob): void {
  const address = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by the next turn; a minute is more than any disk needs to be asked about.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** `Population 42` as part of a file name. */
export const fileNameOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60) || 'desk';
