/** Watched addresses, whole: what a host is given when they are wanted. It comes with this and with nothing else. */
import { AddressDesk } from './address-desk.ts';
import { checkAddresses } from './check.ts';

export type { AddressReading } from './account-look.ts';

export const ADDRESS_MODULE = { AddressDesk, checkAddresses };

export type AddressModule = typeof ADDRESS_MODULE;
