import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** A title that only screen readers hear, for surfaces like the palette. */
  hideTitle?: boolean;
  children: ReactNode;
}

export function Dialog({ open, onClose, title, hideTitle, children }: DialogProps) {
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="scrim" />
        <BaseDialog.Popup className="dialog">
          {hideTitle ? (
            <>
              <BaseDialog.Title className="visually-hidden">{title}</BaseDialog.Title>
              {children}
            </>
          ) : (
            <div className="dialog-body">
              <BaseDialog.Title className="dialog-title">{title}</BaseDialog.Title>
              {children}
            </div>
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
