/** The desk, in one chunk that is fetched when somebody goes there. */
export { type DeskMemory, DeskPage } from './desk-page.tsx';
export { OpenDialog } from './open/open-dialog.tsx';
