/** The values of a JSON text in the order in which they begin, as numbers: a million of them take some 30 MB and no objects. */
export class JsonNodes {
  count = 0;
  /** Offsets in the text. */
  starts = new Int32Array(1024);
  ends = new Int32Array(1024);
  /** Offset of the key of a member; -1: it is none. */
  keys = new Int32Array(1024);
  /** Place among its siblings. */
  ordinals = new Int32Array(1024);
  depths = new Int32Array(1024);
  children = new Int32Array(1024);
  /** The first node that lies no more within it. */
  nexts = new Int32Array(1024);

  add(start: number, key: number, parent: number): number {
    const node = this.count++;
    if (node === this.starts.length) this.#grow();
    this.starts[node] = start;
    this.keys[node] = key;
    this.nexts[node] = node + 1;
    if (parent < 0) return node;
    this.depths[node] = (this.depths[parent] as number) + 1;
    this.ordinals[node] = this.children[parent] as number;
    (this.children[parent] as number)++;
    return node;
  }

  end(node: number, at: number): void {
    this.ends[node] = at;
    this.nexts[node] = this.count;
  }

  #grow(): void {
    this.starts = doubled(this.starts);
    this.ends = doubled(this.ends);
    this.keys = doubled(this.keys);
    this.ordinals = doubled(this.ordinals);
    this.depths = doubled(this.depths);
    this.children = doubled(this.children);
    this.nexts = doubled(this.nexts);
  }
}

function doubled(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
