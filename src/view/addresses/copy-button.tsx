/** Puts an address on the clipboard, and says that it did. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '../ui/button.tsx';

const SAID_MS = 1500;

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [isDone, setIsDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setIsDone(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isDone]);
  const copy = (): void => {
    void navigator.clipboard?.writeText(text).then(
      () => setIsDone(true),
      () => undefined,
    );
  };
  return (
    <IconButton label={isDone ? `${what} copied` : `Copy ${what}`} onClick={copy}>
      {isDone ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
    </IconButton>
  );
}
