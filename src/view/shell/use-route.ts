/** Which page is shown: the one that the address names. */
import { useSyncExternalStore } from 'react';

export type Route = 'margin' | 'desk' | 'stress' | 'alarms' | 'addresses';

/** `#desk/1?state=warning` is the desk with its view, `#stress/1~a.-0.1` a scenario; every other name is the margin page. */
export const routeOf = (hash: string): Route => (/^#(desk|stress|alarms|addresses)(?:[/?]|$)/.exec(hash)?.[1] ?? 'margin') as Route;

export function useRoute(): Route {
  return useSyncExternalStore(
    (notify) => {
      window.addEventListener('hashchange', notify);
      window.addEventListener('popstate', notify);
      return () => {
        window.removeEventListener('hashchange', notify);
        window.removeEventListener('popstate', notify);
      };
    },
    () => routeOf(location.hash),
  );
}

/** Where the links of the header lead, in their order. */
export const ADDRESSES: Readonly<Record<Route, string>> = {
  margin: '#margin',
  desk: '#desk/1',
  stress: '#stress',
  alarms: '#alarms',
  addresses: '#addresses',
};

export const goTo = (route: Route): void => {
  if (routeOf(location.hash) !== route) location.hash = ADDRESSES[route];
};
