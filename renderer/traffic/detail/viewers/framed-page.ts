/** Before anything of the page: it loads nothing, and images only from itself. */
const POLICY =
  '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; img-src data:">';

/** Where a page says that it is not to be drawn as in the nineties. */
const BEGINNING_CHARACTERS = 1024;

/**
 * The text of a page for the frame. Its links would take the frame away from it: they ask for a window of their own, which the frame
 * may not open (of two attributes of one name the first counts). It is not parsed here: a page of 100,000 open elements takes a
 * minute, which is to be that of the frame, a process of its own.
 */
export function framedPage(text: string): string {
  const doctype = /<!doctype\b/i.test(text.slice(0, BEGINNING_CHARACTERS)) ? '<!doctype html>' : '';
  return `${doctype}${POLICY}${text.replace(/<(a|area)(?=[\s/>])/gi, '<$1 target="_blank"')}`;
}
