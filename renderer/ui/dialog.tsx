import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import { type ReactNode, useEffect } from 'react';
import { focusListIfNothingHasIt } from '../commands/walk.ts';

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
          <FocusAfter />
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

/** The focus goes back to what had it; where that is gone, to the list of the page. */
function FocusAfter() {
  useEffect(() => () => void requestAnimationFrame(() => focusListIfNothingHasIt()), []);
  return null;
}
