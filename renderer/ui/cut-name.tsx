/** Names that are longer differ at their ends as often as at their beginnings. */
const SHORT = 8;
const END = 4;

/** Whether it fits nearly everywhere. */
export function isShortName(name: string): boolean {
  return name.length <= SHORT;
}

/** A name in little room: cut in its middle when it does not fit. */
export function CutName({ name }: { name: string }) {
  if (isShortName(name)) return <span className="truncate">{name}</span>;
  return (
    <span className="cut-name">
      <span className="truncate">{name.slice(0, -END)}</span>
      <span>{name.slice(-END)}</span>
    </span>
  );
}
