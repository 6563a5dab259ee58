/** What is only ticked or chosen has no text. */
const TAKEN =
  'input:not([type="checkbox"], [type="radio"]), textarea, select, [role="dialog"], [role="menu"], [data-takes-keys]';

/** Text that is being edited, and open menus and dialogs, keep their keys. */
export function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest(TAKEN) !== null;
}

/** Whether text is written into it. */
export function isField(target: EventTarget | null): target is HTMLElement {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea'));
}
