/** Parameters of permessage-deflate in an answer (RFC 7692 §7.1): whether each may have, or must have, a value. */
const PARAMETERS: Readonly<Record<string, RegExp>> = {
  server_no_context_takeover: /^$/,
  client_no_context_takeover: /^$/,
  server_max_window_bits: /^=([89]|1[0-5])$/,
  client_max_window_bits: /^=([89]|1[0-5])$/,
};

/** Whether the server's `Sec-WebSocket-Extensions` agrees on permessage-deflate, and on nothing that changes frames besides. */
export function agreesOnDeflate(value: string | undefined): boolean {
  if (value === undefined || value.includes(',')) return false;
  const [name, ...parameters] = value.split(';').map((part) => part.trim().replaceAll('"', ''));
  if (name?.toLowerCase() !== 'permessage-deflate') return false;
  const seen = new Set<string>();
  return parameters.every((parameter) => {
    const [key = ''] = parameter.split('=');
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew && (PARAMETERS[key]?.test(parameter.slice(key.length)) ?? false);
  });
}
