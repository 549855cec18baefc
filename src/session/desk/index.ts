/** The desk, whole: what an engine is given when a desk is wanted. Everything large behind it comes with it and with nothing else. */
import { Desk } from './desk.ts';
import { openBook, openFile, openPopulation } from './openings.ts';

export const DESK_MODULE = { Desk, openBook, openFile, openPopulation };

export type DeskModule = typeof DESK_MODULE;
