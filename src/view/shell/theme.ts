import { useEffect } from 'react';
import type { ProfitPalette, Theme } from '../../store/types.ts';
import { useMedia } from '../ui/use-media.ts';

/** Whether the page is dark now: as chosen, or as the system has it. */
export function useIsDark(theme: Theme): boolean {
  const systemIsLight = useMedia('(prefers-color-scheme: light)');
  return theme === 'dark' || (theme === 'system' && !systemIsLight);
}

/** Puts theme and palette on the root, where the tokens look for them. */
export function useRootTheme(theme: Theme, palette: ProfitPalette): void {
  const isDark = useIsDark(theme);
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    document.documentElement.dataset.palette = palette;
  }, [isDark, palette]);
}
