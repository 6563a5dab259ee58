/** Classes of patterns. */

/** One of `chars`, which are ASCII, or of what `more` says. */
export function classOf(chars: readonly string[], more = ''): string {
  const codes = chars.map((char) => char.charCodeAt(0)).sort((a, b) => a - b);
  let text = '';
  for (let i = 0; i < codes.length; ) {
    let end = i;
    while (codes[end + 1] === (codes[end] ?? 0) + 1) end++;
    text += end === i ? hex(codes[i]) : `${hex(codes[i])}-${hex(codes[end])}`;
    i = end + 1;
  }
  return `[${text}${more}]`;
}

function hex(code = 0): string {
  const char = String.fromCharCode(code);
  return /[\w.:]/.test(char) ? char : `\\x${code.toString(16).padStart(2, '0')}`;
}
