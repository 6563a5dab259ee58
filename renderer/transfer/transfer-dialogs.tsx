import { useApp, useUi } from '../app-context.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';

/** The dialog that `ui.transfer` names; opened from any page. */
export function TransferDialogs() {
  const app = useApp();
  const open = useUi((state) => state.transfer);
  const close = (): void => app.ui.setState({ transfer: null });
  if (open === 'export') return <ExportDialog onClose={close} />;
  return open === 'import' ? <ImportDialog onClose={close} /> : null;
}
