import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { type MouseEvent, memo } from 'react';

interface SwitchProps {
  checked: boolean;
  label: string;
  title?: string;
  disabled?: boolean;
  /** `shiftKey` of the click or key press that changed it. */
  onChange: (checked: boolean, shiftKey: boolean) => void;
}

/** Shows what is, never what was asked for: the caller changes `checked` when the engine says so. */
export const Switch = memo(function Switch({ checked, label, title, disabled, onChange }: SwitchProps) {
  return (
    <BaseSwitch.Root
      className="switch"
      checked={checked}
      disabled={disabled}
      aria-label={label}
      title={title}
      onClick={(event: MouseEvent) => event.stopPropagation()}
      onCheckedChange={(next, details) =>
        onChange(next, 'shiftKey' in details.event && details.event.shiftKey === true)
      }
    >
      <BaseSwitch.Thumb className="switch-thumb" />
    </BaseSwitch.Root>
  );
});
