/** Forms that a HAR tells only by their fields, as the bodies that were sent. Pure. */
import { listAt, textAt } from '../foreign-json.ts';

/** Where a form has parts and the file does not say what stood between them. */
const BOUNDARY = 'switchyard-form-boundary';

export interface FormBody {
  body: Buffer;
  /** What stands between the parts, when the file does not tell it. */
  boundary?: string;
}

/** `contentType`: what the request says its body is. */
export function formBody(postData: unknown, contentType: string): FormBody {
  const params = listAt(postData, 'params');
  if (!/^\s*multipart\//i.test(contentType)) {
    const fields = params.map((param): [string, string] => [textAt(param, 'name'), textAt(param, 'value')]);
    return { body: Buffer.from(new URLSearchParams(fields).toString()) };
  }
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType) ?? [];
  const told = quoted ?? bare;
  const boundary = told ?? BOUNDARY;
  const parts = params.map((param) => `--${boundary}\r\n${partHead(param)}\r\n${textAt(param, 'value')}\r\n`);
  const body = Buffer.from(`${parts.join('')}--${boundary}--\r\n`, 'utf8');
  return told === undefined ? { body, boundary } : { body };
}

function partHead(param: unknown): string {
  const [fileName, type] = [textAt(param, 'fileName'), textAt(param, 'contentType')];
  const file = fileName === '' ? '' : `; filename="${escaped(fileName)}"`;
  const typeLine = type === '' ? '' : `Content-Type: ${type.replace(/[\r\n]+/g, ' ')}\r\n`;
  return `Content-Disposition: form-data; name="${escaped(textAt(param, 'name'))}"${file}\r\n${typeLine}`;
}

/** As browsers do (RFC 7578 §2, HTML §4.10.21.8). */
function escaped(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
