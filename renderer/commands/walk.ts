/**
 * The list that a page is about, marked with `data-walked`: its keys walk through it also while the focus is elsewhere, and it gets
 * the focus when nothing else has it.
 */
const LIST = '[data-walked]';
/** Walk by themselves, and stop at their ends. */
const WALKING = `${LIST}, [role="tree"]`;
const FOCUSABLE = 'button:not(:disabled), a[href], input:not(:disabled), [tabindex="0"]';

/** Means walking wherever no text is edited. */
const LETTERS: ReadonlySet<string> = new Set(['j', 'k', 'J', 'K']);
/** Mean it only where nothing has the focus: elsewhere they scroll, or move something else. */
const MOVES: ReadonlySet<string> = new Set(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End']);

/** Hands a key to the list of the page; what the list makes of it is its own affair. */
export function walkWith(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !isWalking(event)) return;
  const list = document.querySelector(LIST);
  if (!list || (event.target instanceof Element && event.target.closest(WALKING))) return;
  const handed = new KeyboardEvent('keydown', event);
  list.dispatchEvent(handed);
  if (handed.defaultPrevented) event.preventDefault();
}

function isWalking({ key, target }: KeyboardEvent): boolean {
  return LETTERS.has(key) || (MOVES.has(key) && target === document.body);
}

/** The list, or its item that is open where those have it. Answers whether there was one to give it to. */
export function focusList(): boolean {
  const list = document.querySelector<HTMLElement>(LIST);
  const place = list && placeIn(list);
  place?.focus({ preventScroll: true });
  return place !== null && place === document.activeElement;
}

function placeIn(list: HTMLElement): HTMLElement | null {
  if (list.hasAttribute('tabindex')) return list;
  return list.querySelector<HTMLElement>('[aria-current]') ?? list.querySelector<HTMLElement>(FOCUSABLE);
}

/** After something went that had it. Nobody who types loses it. */
export function focusListIfNothingHasIt(): void {
  if (document.activeElement === null || document.activeElement === document.body) focusList();
}

/** After `leaving`, which has the focus and is about to go with its form; that takes a frame or, on a busy machine, more. */
export function focusListAfter(leaving: Element | null): void {
  requestAnimationFrame(() => {
    if (leaving !== document.body && leaving === document.activeElement) focusListAfter(leaving);
    // The list has by then what it shows instead.
    else requestAnimationFrame(focusListIfNothingHasIt);
  });
}

/** Past what stands on every page. */
export function skipToPage(): void {
  if (!focusList()) document.querySelector('main')?.querySelector<HTMLElement>(FOCUSABLE)?.focus();
}
