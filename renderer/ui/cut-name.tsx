/** Names that are longer differ at their ends as often as at their beginnings. */
const SHORT = 8;
const END = 4;

/** Whether it fits nearly everywhere. */
export function isShortName(name: string): boolean {
  return name.length <= SHORT;
}

/** What of `name` is never cut. Part of a port is another port. */
export function endOfName(name: string): string {
  return /:\d+$/.exec(name)?.[0] ?? letters(name).slice(-END).join('');
}

const segmenter = new Intl.Segmenter();

/** As people count them: an emoji is one. */
function letters(name: string): string[] {
  return [...segmenter.segment(name)].map(({ segment }) => segment);
}

/** A name in little room: cut in its middle when it does not fit. */
export function CutName({ name }: { name: string }) {
  if (isShortName(name)) return <span className="truncate">{name}</span>;
  const end = endOfName(name);
  return (
    // Its parts follow one another as its letters do, also from right to left.
    <span className="cut-name" dir="auto">
      <span className="truncate">{name.slice(0, -end.length)}</span>
      <span>{end}</span>
    </span>
  );
}
