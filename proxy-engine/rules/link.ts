/** A line that carries so many bytes a second: all who send over it at once share them. */
export class Link {
  readonly bytesPerSecond: number;
  /** How many have something to send now. */
  busy = 0;

  constructor(bytesPerSecond: number) {
    this.bytesPerSecond = Math.max(bytesPerSecond, 1);
  }

  /** Bytes per second for each of them. */
  get share(): number {
    return this.bytesPerSecond / Math.max(this.busy, 1);
  }
}

export function linksOf(link: Link | undefined): readonly Link[] {
  return link ? [link] : [];
}

/** What goes over the line of a rule, and is slowed by a fault besides; null: neither. A fault slows each attempt by itself. */
export function linksWithFault(ofRule: Link | undefined, faultBytesPerSecond: number): readonly Link[] | null {
  if (faultBytesPerSecond === Number.POSITIVE_INFINITY) return ofRule ? [ofRule] : null;
  return [...linksOf(ofRule), new Link(faultBytesPerSecond)];
}
