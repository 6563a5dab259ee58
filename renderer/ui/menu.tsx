import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useMessages } from '../app-context.tsx';
import { KeyHint } from './chip.tsx';

interface MenuProps {
  /** The element that opens it, usually a `Button`. */
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'end';
  /** Whether the focus goes back to the trigger when it closes; default: yes. */
  finalFocus?: () => boolean;
}

export function Menu({ trigger, children, align = 'start', finalFocus }: MenuProps) {
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <MenuPopup align={align} sideOffset={4} {...(finalFocus && { finalFocus })}>
        {children}
      </MenuPopup>
    </BaseMenu.Root>
  );
}

interface MenuPopupProps extends Pick<MenuProps, 'children' | 'align' | 'finalFocus'> {
  sideOffset?: number;
}

/** What opens: at the end of the document, outside of all that the page has, so that it is a region of its own. */
export function MenuPopup({ children, align, sideOffset, ...rest }: MenuPopupProps) {
  const { common } = useMessages();
  return (
    <BaseMenu.Portal role="region" aria-label={common.menu}>
      <BaseMenu.Positioner className="positioner" align={align} sideOffset={sideOffset}>
        <BaseMenu.Popup className="popup" {...rest}>
          {children}
        </BaseMenu.Popup>
      </BaseMenu.Positioner>
    </BaseMenu.Portal>
  );
}

interface MenuItemProps {
  children: ReactNode;
  keys?: string;
  disabled?: boolean;
  onSelect: () => void;
}

export function MenuItem({ children, keys, disabled, onSelect }: MenuItemProps) {
  return (
    <BaseMenu.Item className="menu-item" disabled={disabled} onClick={onSelect}>
      {children}
      {keys ? <KeyHint keys={keys} /> : null}
    </BaseMenu.Item>
  );
}

interface MenuCheckProps {
  checked: boolean;
  children: ReactNode;
  onChange: (checked: boolean) => void;
}

/** It says how the other items act, and leaves the menu open. */
export function MenuCheck({ checked, children, onChange }: MenuCheckProps) {
  return (
    <BaseMenu.CheckboxItem className="menu-item" checked={checked} onCheckedChange={(next) => onChange(next)}>
      <span className="menu-check">{checked ? <Check size={13} aria-hidden /> : null}</span>
      {children}
    </BaseMenu.CheckboxItem>
  );
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="menu-separator" />;
}

interface ChoiceProps<V extends string> {
  label: string;
  /** Stands for the label where that finds no room. */
  icon?: ReactNode;
  value: V;
  options: readonly { value: V; label: string }[];
  onChange: (value: V) => void;
}

/** A button that shows the value and lets another be chosen: `Policy round robin ▾`. */
export function Choice<V extends string>({ label, icon, value, options, onChange }: ChoiceProps<V>) {
  const shown = options.find((option) => option.value === value)?.label ?? value;
  const trigger = (
    <button type="button" className="button" title={label}>
      {icon === undefined ? null : <span className="choice-icon">{icon}</span>}
      <span className="choice-label">{label}</span> <b className="choice-value">{shown}</b>
      <ChevronDown size={12} aria-hidden />
    </button>
  );
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <MenuPopup align="start" sideOffset={4}>
        <BaseMenu.RadioGroup value={value} onValueChange={(next: V) => onChange(next)}>
          {options.map((option) => (
            <BaseMenu.RadioItem key={option.value} value={option.value} className="menu-item" closeOnClick>
              <span className="menu-check">{option.value === value ? <Check size={13} aria-hidden /> : null}</span>
              {option.label}
            </BaseMenu.RadioItem>
          ))}
        </BaseMenu.RadioGroup>
      </MenuPopup>
    </BaseMenu.Root>
  );
}
