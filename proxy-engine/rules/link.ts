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
