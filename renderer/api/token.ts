const KEY = 'switchyard.token';

/** The token from `#token=…`, kept for reloads of this tab and taken out of the visible address; '' when there is none. */
export function takeToken(page: Location, storage: Storage, replaceUrl: (url: string) => void): string {
  const given = tokenOf(page.hash);
  if (given === null) return storage.getItem(KEY) ?? '';
  keepToken(storage, given);
  replaceUrl(page.pathname + page.search);
  return given;
}

export function keepToken(storage: Storage, token: string): void {
  storage.setItem(KEY, token);
}

/** What a person copied: the address that the engine printed, its whole line, or the token alone. */
export function tokenIn(text: string): string {
  return tokenOf(/#\S+/.exec(text)?.[0] ?? '') ?? text.trim();
}

/** A plus sign is one: a token has no spaces. */
function tokenOf(hash: string): string | null {
  return new URLSearchParams(hash.slice(1).replaceAll('+', '%2B')).get('token');
}
