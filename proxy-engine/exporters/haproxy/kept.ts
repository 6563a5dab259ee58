/** What responses ask of requests: these are gone by then, so that it is kept in variables of the transaction. */
import { word } from './text.ts';

export class Kept {
  readonly #variables = new Map<string, string>();

  /** The sample that is, in response rules, what `sample` was when the request had been through its rules. */
  sample(sample: string): string {
    let variable = this.#variables.get(sample);
    if (variable === undefined) {
      variable = this.#nameFor(sample);
      this.#variables.set(sample, variable);
    }
    return `var(${variable})`;
  }

  #nameFor(sample: string): string {
    const base = `txn.kept_${sample
      .replace(/,regsub\(.*/, '')
      .replace(/\W+/g, '_')
      .replace(/_$/, '')}`;
    const taken = new Set(this.#variables.values());
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
    return name;
  }

  /** Keeps everything as it is at this point. */
  lines(): string[] {
    return [...this.#variables].map(([sample, variable]) => `http-request set-var(${variable}) ${word(sample)}`);
  }
}
