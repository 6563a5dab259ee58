/** Parts of a form as curl's --form has them, and the body that they make. */

const BOUNDARY = '----SwitchyardFormBoundary7MA4YWxkTrZu0gW';

export interface FormPart {
  name: string;
  value: string;
  /** As `;type=` and `;filename=` say. */
  type?: string;
  filename?: string;
  /** The file whose contents it would have. */
  missing?: string;
  /** What follows `;` and does not come along. */
  unread?: string[];
}

const KNOWN = /^;\s*(type|filename|encoder|headers)=/i;

/** `content;type=…;filename=…`, `@file` or `<file`, words in quotes or not (curl's --form). */
export function readPart(name: string, content: string): FormPart {
  const { word, rest } = wordOf(content);
  const part: FormPart = { name, value: word };
  readMore(part, rest);
  if (!/^[@<]/.test(content)) return part;
  const file = wordOf(content.slice(1)).word;
  part.missing = file;
  part.value = '';
  if (content.startsWith('@')) part.filename ??= file.replace(/^.*[/\\]/s, '');
  return part;
}

function readMore(part: FormPart, text: string): void {
  for (let rest = text; rest.startsWith(';'); ) {
    const [found = ';', key = ''] = KNOWN.exec(rest) ?? [];
    let next = wordOf(rest.slice(found.length));
    if (key.toLowerCase() === 'filename') part.filename = next.word;
    else if (key.toLowerCase() === 'type') {
      // Parameters of the type are no fields of the part.
      while (next.rest.startsWith(';') && !KNOWN.test(next.rest)) {
        const parameter = wordOf(next.rest.slice(1));
        next = { word: `${next.word};${parameter.word}`, rest: parameter.rest };
      }
      part.type = next.word;
    } else part.unread = [...(part.unread ?? []), `${found}${next.word}`];
    rest = next.rest;
  }
}

/** Up to a semicolon; one in quotes to their end, less its backslashes. */
function wordOf(text: string): { word: string; rest: string } {
  const [quoted = '', inside = ''] = /^"((?:[^"\\]|\\.)*)"/s.exec(text) ?? [];
  const end = text.indexOf(';', quoted.length);
  const cut = end < 0 ? text.length : end;
  const word = quoted === '' ? text.slice(0, cut) : inside.replace(/\\(.)/gs, '$1');
  return { word, rest: text.slice(cut) };
}

function quotedName(text: string): string {
  return `"${text.replaceAll('"', '%22')}"`;
}

export function multipart(parts: readonly FormPart[]): { body: string; type: string } {
  const lines = parts.map(({ name, value, type, filename }) => {
    const file = filename === undefined ? '' : `; filename=${quotedName(filename)}`;
    const typed = type === undefined ? '' : `\r\nContent-Type: ${type}`;
    return `--${BOUNDARY}\r\nContent-Disposition: form-data; name=${quotedName(name)}${file}${typed}\r\n\r\n${value}\r\n`;
  });
  return { body: `${lines.join('')}--${BOUNDARY}--\r\n`, type: `multipart/form-data; boundary=${BOUNDARY}` };
}
