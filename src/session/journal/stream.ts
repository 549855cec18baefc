/** The feed of a stream (`JournalStream`): its kind and name. */
import type { SourceView } from '../protocol.ts';

export const feedName = ({ kind, name }: SourceView): string => `${kind}:${name}`;
