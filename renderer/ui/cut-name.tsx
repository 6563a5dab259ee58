/** Names that are longer differ at their ends as often as at their beginnings. */
const SHORT = 8;
const END = 4;

/** Whether it fits nearly everywhere. */
export function isShortName(name: string): boolean {
  return name.length <= SHORT;
}

/** What of `name` is never cut. Part of a port is another port. */
export function endOfName(name: string): string {
  return /:\d+$/.exec(name)?.[0] ?? name.slice(-END);
}

/** A name in little room: cut in its middle when it does not fit. */
export function CutName({ name }: { name: string }) {
  if (isShortName(name)) return <span className="truncate">{name}</span>;
  const end = endOfName(name);
  return (
    <span className="cut-name">
      <span className="truncate">{name.slice(0, -end.length)}</span>
      <span>{end}</span>
    </span>
  );
}
