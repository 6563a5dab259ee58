import { Tooltip as BaseTooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { KeyHint } from './chip.tsx';

interface TooltipProps {
  text: ReactNode;
  keys?: string;
  side?: 'top' | 'right' | 'bottom' | 'left';
  children: ReactElement;
}

export function Tooltip({ text, keys, side = 'top', children }: TooltipProps) {
  return (
    <BaseTooltip.Root
      onOpenChange={(open, change) => {
        if (open && change.reason === 'trigger-focus' && isGivenBack(change.event)) change.cancel();
      }}
    >
      <BaseTooltip.Trigger render={children} />
      {/* It repeats the name that its element has for screen readers. */}
      <BaseTooltip.Portal aria-hidden>
        <BaseTooltip.Positioner className="positioner" side={side} sideOffset={6}>
          <BaseTooltip.Popup className="tooltip">
            {text}
            {keys ? <KeyHint keys={keys} /> : null}
          </BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  );
}

/** Whether a dialog gave the focus back: nobody asks what they left. */
function isGivenBack({ relatedTarget }: FocusEvent): boolean {
  return !(relatedTarget instanceof Element) || relatedTarget.closest('.dialog') !== null;
}

export const TooltipProvider = BaseTooltip.Provider;
