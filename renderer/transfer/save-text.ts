import { saveBlob } from './save-blob.ts';

/** A name without an extension, such as `Caddyfile`, would get that of its type. */
export function saveText(text: string, name: string): void {
  const type = name.includes('.') ? 'text/plain' : 'application/octet-stream';
  saveBlob(new Blob([text], { type }), name);
}
