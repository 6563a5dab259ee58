const FOCUSABLE = 'button:not(:disabled), a[href], input:not(:disabled), select, textarea, [tabindex="0"]';

/** A button that goes away when a key presses it, as that which removes its line, leaves the focus to what stands behind it. */
export function passFocusOn(page: Document): void {
  // Before it is handled: then it may be gone. No pointer clicks without a count.
  const options = { capture: true };
  page.addEventListener('click', ({ detail, target }) => (detail === 0 ? watch(page, target) : undefined), options);
}

function watch(page: Document, button: EventTarget | null): void {
  if (!(button instanceof HTMLElement) || page.activeElement !== button) return;
  const all = [...page.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const at = all.indexOf(button);
  const next = [...all.slice(at + 1), ...all.slice(0, Math.max(0, at)).reverse()];
  requestAnimationFrame(() => {
    if (button.isConnected || page.activeElement !== page.body) return;
    next.find((element) => element.isConnected)?.focus();
  });
}
