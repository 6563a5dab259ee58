/** Electron's archive format, flat: a pickled JSON index, then the files one after the other. */
export function asar(files: Readonly<Record<string, Buffer>>): Buffer {
  let offset = 0;
  const index: Record<string, { size: number; offset: string }> = {};
  for (const [name, data] of Object.entries(files)) {
    index[name] = { size: data.length, offset: String(offset) };
    offset += data.length;
  }
  const json = Buffer.from(JSON.stringify({ files: index }));
  const padded = Math.ceil(json.length / 4) * 4;
  const head = Buffer.alloc(16 + padded);
  for (const [position, value] of [4, 8 + padded, 4 + padded, json.length].entries())
    head.writeUInt32LE(value, position * 4);
  json.copy(head, 16);
  return Buffer.concat([head, ...Object.values(files)]);
}
