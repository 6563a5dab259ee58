/** `text` as the URL of a backend: also where it is only an address with its port, `localhost:3000`, or a port. Null: it is none. */
export function backendUrl(text: string): string | null {
  const typed = text.trim();
  const url = /^:?\d+$/.test(typed) ? `http://127.0.0.1:${typed.replace(':', '')}` : withScheme(typed);
  return /^https?:\/\/[^/]/i.test(url) && URL.canParse(url) ? url : null;
}

function withScheme(typed: string): string {
  return /^(\[[\da-f:.]+\]|[^\s/:?#@]+):\d+(\/|$)/i.test(typed) ? `http://${typed}` : typed;
}
