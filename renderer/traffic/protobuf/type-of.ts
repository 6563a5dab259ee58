import type { DescMessage } from '@bufbuild/protobuf';
import type { KnownTypes } from './types-of-sets.ts';

interface Message {
  side: 'request' | 'response';
  path: string;
  contentType: string | undefined;
}

/** The type of a message: chosen by hand, else named in its content type, else that of the method in its path. */
export function typeOf(types: KnownTypes, chosen: string | undefined, message: Message): DescMessage | undefined {
  const named = chosen ?? typeInContentType(message.contentType);
  const type = named === undefined ? undefined : types.find(named);
  if (type) return type;
  const method = types.method(message.path);
  return message.side === 'request' ? method?.input : method?.output;
}

/** `application/x-protobuf; messageType="shop.Order"`, and `proto=` as Prometheus writes it. */
function typeInContentType(contentType: string | undefined): string | undefined {
  return /;\s*(?:messageType|proto)\s*=\s*"?([\w.]+)"?/i.exec(contentType ?? '')?.[1];
}
