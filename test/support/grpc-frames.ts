/** A message behind its prefix: a byte of flags and four of the length. */
export function grpcFrame(message: Uint8Array | string, flags = 0, sizeBytes?: number): Buffer {
  const bytes = Buffer.from(message);
  const prefix = Buffer.alloc(5, flags);
  prefix.writeUInt32BE(sizeBytes ?? bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

/** A message behind its length as a varint. */
export function delimited(message: Uint8Array | string): Buffer {
  const bytes = Buffer.from(message);
  const size: number[] = [];
  let left = bytes.length;
  for (; left > 127; left = Math.floor(left / 128)) size.push((left % 128) | 128);
  return Buffer.concat([Buffer.from([...size, left]), bytes]);
}
