/** How a document of the config is called where there is little room. */
export interface SourceLabel {
  /** Its file's name, or the key and the kind of database. */
  short: string;
  /** Whether it is a key of a database and not a file. */
  isShared: boolean;
}

export function sourceLabel(name: string): SourceLabel {
  const address = /^(redis|etcd)s?:\/\/[^/]*\/(.*)$/.exec(name);
  if (address) return { short: `${address[2]} · ${address[1] === 'redis' ? 'Redis' : 'etcd'}`, isShared: true };
  return { short: name.split(/[\\/]/).at(-1) ?? name, isShared: false };
}
