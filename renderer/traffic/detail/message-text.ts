import type { WebSocketMessage } from '../../../proxy-engine/contract/exchange.ts';
import { bytesFromBase64, hexLine } from '../body-bytes.ts';

const HEX_BYTES = 16;

/** What a message says: bytes as lines of hex. */
export function messageText({ type, data, closeCode }: WebSocketMessage): string {
  if (type === 'text') return data;
  if (type === 'close') return `${closeCode} ${data}`.trim();
  const bytes = bytesFromBase64(data);
  const lines = Array.from({ length: Math.ceil(bytes.length / HEX_BYTES) }, (_, line) => hexLine(bytes, line));
  return lines.map(({ hex, ascii }) => `${hex} ${ascii}`).join('\n');
}
