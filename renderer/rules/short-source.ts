/** Of the file or the shared rule set that a rule is included from: its name, without the way to it. */
export function shortSource(source: string): string {
  const key = /^\w+:\/\/[^/]*\/(.+)$/.exec(source)?.[1];
  return key ?? source.slice(source.search(/[^/\\]*$/));
}
