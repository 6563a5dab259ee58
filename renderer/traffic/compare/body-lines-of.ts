import type { CapturedBody, HeaderLines } from '../../../proxy-engine/contract/exchange.ts';
import { runInSlices, type Sliced } from '../../ui/slices.ts';
import { bytesFromBase64, looksBinary, readText } from '../body-bytes.ts';
import type { ExchangeDetail, Side } from '../exchange-store.ts';
import { headerValue } from '../heads.ts';
import { jsonLines } from '../json/json-lines.ts';
import { scanJson } from '../json/scan-json.ts';

/** Of longer bodies the beginning is compared. */
export const COMPARED_BYTES = 1024 ** 2;

/** A body as it is compared: by lines when it is text, else by its bytes. */
export interface ComparedBody {
  /** null: it is not text. */
  lines: string[] | null;
  base64: string;
  sizeBytes: number;
  /** Only its beginning is here. */
  partial: boolean;
}

export async function readBody(
  detail: Pick<ExchangeDetail, 'body'>,
  id: number,
  side: Side,
  message: { headers: HeaderLines; body: CapturedBody } | undefined,
  isWanted: () => boolean,
): Promise<ComparedBody> {
  if (!message || message.body.captured === 0)
    return {
      lines: [],
      base64: '',
      sizeBytes: message?.body.sizeBytes ?? 0,
      partial: (message?.body.sizeBytes ?? 0) > 0,
    };
  const window = await detail.body(id, side, true, 0, COMPARED_BYTES);
  const bytes = bytesFromBase64(window.data);
  const partial = window.truncated || bytes.length < window.totalBytes;
  const { text } = readText(bytes, headerValue(message.headers, 'content-type'), partial || window.endsEarly);
  const lines = looksBinary(bytes) ? null : ((await runInSlices(linesOf(text), isWanted)) ?? null);
  return { lines, base64: window.data, sizeBytes: message.body.sizeBytes, partial };
}

/** JSON is laid out first; its values stay as they are written. */
export function* linesOf(text: string): Sliced<string[]> {
  if (text === '') return [];
  const tree = /^\s*[[{]/.test(text) ? yield* scanJson(text) : null;
  return tree ? yield* jsonLines(tree) : text.split(/\r?\n/);
}
