import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** A title that only screen readers hear, for surfaces like the palette. */
  hideTitle?: boolean;
  /** `wide`: for a preview beside choices; `medium`: for a table. Default: for a form. */
  size?: 'medium' | 'wide';
  children: ReactNode;
}

export function Dialog({ open, onClose, title, hideTitle, size, children }: DialogProps) {
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="scrim" />
        <BaseDialog.Popup className={clsx('dialog', size && `dialog-${size}`)}>
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
