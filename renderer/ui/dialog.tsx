import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { clsx } from 'clsx';
import { type ReactNode, useEffect, useState } from 'react';
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
  const opener = useFocusBefore(open);
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="scrim" />
        <BaseDialog.Popup
          className={clsx('dialog', size && `dialog-${size}`)}
          finalFocus={() => !isTaken() && focusable(opener)}
        >
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

/** What had the focus when it was opened: seen before a field in it takes it, which Base UI would take for that. */
function useFocusBefore(open: boolean): Element | null {
  const [wasOpen, setWasOpen] = useState(false);
  const [before, setBefore] = useState<Element | null>(null);
  if (open !== wasOpen) {
    setWasOpen(open);
    if (open) setBefore(document.activeElement);
  }
  return before;
}

/** What closed it may have taken the focus on purpose, as a command of the palette that goes to a field. */
function isTaken(): boolean {
  const { activeElement } = document;
  return activeElement !== null && activeElement !== document.body && !activeElement.closest('[role="dialog"]');
}

/** True, which is Base UI's own choice, where it is gone, as the item of a menu; false where nothing had it. */
function focusable(element: Element | null): HTMLElement | boolean {
  if (element === null || element === document.body) return false;
  return element instanceof HTMLElement && element.isConnected ? element : true;
}

/** The focus goes back to what had it; where that is gone, to the list of the page. */
function FocusAfter() {
  useEffect(() => () => void requestAnimationFrame(() => focusListIfNothingHasIt()), []);
  return null;
}
