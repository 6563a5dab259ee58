const KEY = 'switchyard.token';

/** The token from `#token=…`, kept for reloads of this tab and taken out of the visible address. */
export function takeToken(page: Location, storage: Storage, replaceUrl: (url: string) => void): string {
  const given = new URLSearchParams(page.hash.slice(1)).get('token');
  if (given === null) return storage.getItem(KEY) ?? '';
  storage.setItem(KEY, given);
  replaceUrl(page.pathname + page.search);
  return given;
}
