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
}

/** `content;type=…;filename=…`, `@file` or `<file` (curl's --form). */
export function readPart(name: string, content: string): FormPart {
  const part: FormPart = { name, value: content };
  for (const more = /;\s*(type|filename)=("[^"]*"|[^;]*(?:;\s*charset=[^;]*)?)$/i; ; ) {
    const found = more.exec(part.value);
    if (!found) break;
    part.value = part.value.slice(0, found.index);
    part[found[1]?.toLowerCase() === 'type' ? 'type' : 'filename'] = (found[2] ?? '').replace(/^"(.*)"$/, '$1');
  }
  if (!/^[@<]/.test(part.value)) return part;
  const missing = part.value.slice(1);
  const filename = part.value.startsWith('@') ? (part.filename ?? missing.replace(/^.*[/\\]/s, '')) : part.filename;
  return { ...part, value: '', missing, ...(filename !== undefined && { filename }) };
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
