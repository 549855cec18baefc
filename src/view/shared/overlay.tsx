/** Which dialog is open: one at a time, named by what it is about. */
import { createContext, use } from 'react';

export type Overlay =
  /** With files that were dropped on the page: they are read at once. */
  | { readonly kind: 'load'; readonly files?: readonly File[] }
  /** Accounts for the desk; with files that were dropped there. */
  | { readonly kind: 'desk-open'; readonly files?: readonly File[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'accounts' }
  | { readonly kind: 'working'; readonly figure: string; readonly pool?: string; readonly position?: number }
  | { readonly kind: 'position'; readonly index: number | null }
  | { readonly kind: 'balance'; readonly index: number | null };

export const OverlayContext = createContext<(overlay: Overlay) => void>(() => undefined);

/** Opens a dialog. */
export const useOverlay = (): ((overlay: Overlay) => void) => use(OverlayContext);
