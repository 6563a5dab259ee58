import { Toast } from '@base-ui/react/toast';
import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import type { CSSProperties, ReactNode } from 'react';
import { useMessages } from '../app-context.tsx';
import { Told, withCode } from './told.tsx';

export type ToastLevel = 'info' | 'warn' | 'error';

/** Outside React, so that stores can say something too. */
export const toasts = Toast.createToastManager();

/** The same again takes the place of what stands there, and its time begins anew. `isTranslated`: no words of the engine. */
export function showToast(level: ToastLevel, message: string, isTranslated = false): void {
  toasts.add({
    id: idOf(level, message),
    title: isTranslated ? withCode(message) : message,
    type: level,
    timeout: level === 'error' ? 12_000 : 5000,
    priority: level === 'error' ? 'high' : 'low',
  });
}

/** It does not hold any more. */
export function takeBackToast(level: ToastLevel, message: string): void {
  toasts.close(idOf(level, message));
}

function idOf(level: ToastLevel, message: string): string {
  return `${level} ${message}`;
}

const ICONS = { info: Info, warn: TriangleAlert, error: CircleAlert };
const TONES = { info: 'var(--accent)', warn: 'var(--warn)', error: 'var(--bad)' };

function ToastList() {
  const { common } = useMessages();
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => {
    const level = (toast.type ?? 'info') as ToastLevel;
    const Icon = ICONS[level];
    return (
      // The library hides from assistive technology what it has announced already, though it takes the focus: announced once is enough.
      <Toast.Root
        key={toast.id}
        toast={toast}
        className="toast"
        style={{ '--tone': TONES[level] } as CSSProperties}
        aria-hidden={false}
        aria-live={level === 'error' ? 'off' : undefined}
      >
        <Icon size={14} className="toast-icon" aria-hidden />
        <Toast.Title className="toast-text" render={<div />}>
          {typeof toast.title === 'string' ? <Told>{toast.title}</Told> : toast.title}
        </Toast.Title>
        <Toast.Close
          className="button button-quiet button-icon button-small"
          aria-label={common.close}
          aria-hidden={false}
        >
          <X size={13} aria-hidden />
        </Toast.Close>
      </Toast.Root>
    );
  });
}

export function ToastHost({ children }: { children: ReactNode }) {
  const { common } = useMessages();
  return (
    <Toast.Provider toastManager={toasts} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="toasts" aria-label={common.notifications}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
