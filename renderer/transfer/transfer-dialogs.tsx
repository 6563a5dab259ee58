import type { ComponentType } from 'react';
import { useApp, useUi } from '../app-context.tsx';
import type { UiState } from '../store/ui-store.ts';
import { DescriptorsDialog } from '../traffic/protobuf/descriptors-dialog.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { HarExportDialog } from './har-export-dialog.tsx';
import { HarImportDialog } from './har-import-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';

const DIALOGS: Record<NonNullable<UiState['transfer']>, ComponentType<{ onClose: () => void }>> = {
  export: ExportDialog,
  import: ImportDialog,
  'har-export': HarExportDialog,
  'har-import': HarImportDialog,
  descriptors: DescriptorsDialog,
};

/** The dialog that `ui.transfer` names; opened from any page. */
export function TransferDialogs() {
  const app = useApp();
  const open = useUi((state) => state.transfer);
  if (open === null) return null;
  const Opened = DIALOGS[open];
  return <Opened onClose={() => app.ui.setState({ transfer: null })} />;
}
