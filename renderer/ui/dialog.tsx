import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** A title that only screen readers hear, for surfaces like the palette. */
  hideTitle?: boolean;
  /** For a preview beside choices. */
  wide?: boolean;
  children: ReactNode;
}

export function Dialog({ open, onClose, title, hideTitle, wide, children }: DialogProps) {
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="scrim" />
        <BaseDialog.Popup className={clsx('dialog', wide && 'dialog-wide')}>
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
