const FOCUSABLE = 'button:not(:disabled), a[href], input:not(:disabled), select, textarea, [tabindex="0"]';

/** A button that goes away when a key presses it, as that which removes its line, leaves the focus to what stands behind it. */
export function passFocusOn(page: Document): void {
  // Before it is handled: then it may be gone. No pointer clicks without a count.
  const options = { capture: true };
  page.addEventListener('click', ({ detail, target }) => (detail === 0 ? watch(page, target) : undefined), options);
}

function watch(page: Document, button: EventTarget | null): void {
  if (!(button instanceof HTMLElement) || page.activeElement !== button) return;
  const focusNext = focusBehind(page, button);
  requestAnimationFrame(() => (button.isConnected ? undefined : focusNext()));
}

/** The same for what goes later, when the engine has answered, unless the focus is elsewhere until then. */
export function passFocusOnOnceGone(page: Document, element: HTMLElement): void {
  const focusNext = focusBehind(page, element);
  const gone = new MutationObserver(() => {
    if (element.isConnected) return;
    stop();
    focusNext();
  });
  const moved = ({ target }: Event): void => (target === element ? undefined : stop());
  function stop(): void {
    gone.disconnect();
    page.removeEventListener('focusin', moved);
  }
  gone.observe(page.body, { childList: true, subtree: true });
  page.addEventListener('focusin', moved);
}

function focusBehind(page: Document, element: HTMLElement): () => void {
  const all = [...page.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const at = all.indexOf(element);
  const next = [...all.slice(at + 1), ...all.slice(0, Math.max(0, at)).reverse()];
  return () => {
    if (page.activeElement === page.body) next.find((one) => one.isConnected)?.focus();
  };
}
