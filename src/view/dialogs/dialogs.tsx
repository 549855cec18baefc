/** Every dialog of the page, in one chunk that is fetched with the first of them. */
import type { Overlay } from '../shared/overlay.tsx';
import { AccountsDialog } from './accounts-dialog.tsx';
import { BalanceDialog } from './balance-dialog.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { LoadDialog } from './load-dialog.tsx';
import { PositionDialog } from './position-dialog.tsx';
import { WorkingDialog } from './working-dialog.tsx';

interface DialogsProps {
  readonly overlay: Exclude<Overlay, { readonly kind: 'desk-open' }>;
  readonly onClose: () => void;
}

export default function Dialogs({ overlay, onClose }: DialogsProps) {
  switch (overlay.kind) {
    case 'load':
      return <LoadDialog files={overlay.files} onClose={onClose} />;
    case 'help':
      return <HelpDialog onClose={onClose} />;
    case 'accounts':
      return <AccountsDialog onClose={onClose} />;
    case 'working':
      return <WorkingDialog figure={overlay.figure} pool={overlay.pool} position={overlay.position} onClose={onClose} />;
    case 'position':
      return <PositionDialog index={overlay.index} onClose={onClose} />;
    case 'balance':
      return <BalanceDialog index={overlay.index} onClose={onClose} />;
  }
}
