/** A part of the circle that one backend owns; -1: nobody does. Positions from 0 to 1. */
export interface Arc {
  owner: number;
  from: number;
  to: number;
}

/** Neighbouring slots of one owner as one arc. */
export function arcsOf(slots: readonly number[]): Arc[] {
  const arcs: Arc[] = [];
  for (const [i, owner] of slots.entries()) {
    const last = arcs.at(-1);
    if (last?.owner === owner) last.to = (i + 1) / slots.length;
    else arcs.push({ owner, from: i / slots.length, to: (i + 1) / slots.length });
  }
  return arcs;
}

/** A point on a circle around the origin; position 0 is at the top, clockwise. */
export function pointAt(position: number, radius: number): [x: number, y: number] {
  const angle = 2 * Math.PI * position;
  return [radius * Math.sin(angle), -radius * Math.cos(angle)];
}

/** The SVG path of an arc of `radius` around the origin. */
export function arcPath({ from, to }: Pick<Arc, 'from' | 'to'>, radius: number): string {
  if (to - from >= 1) return `${arcPath({ from, to: 0.5 }, radius)} ${arcPath({ from: 0.5, to: 0.99999 }, radius)}`;
  const [start, end] = [pointAt(from, radius), pointAt(to, radius)].map((point) =>
    point.map((value) => value.toFixed(3)).join(' '),
  );
  return `M ${start} A ${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${end}`;
}
