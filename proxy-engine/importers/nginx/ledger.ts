/** What became of each directive of the file: one that nobody has dealt with is told at the end, so none is lost silently. */
import type { Draft } from '../draft.ts';
import { isReplaceable, isUnseen, whyNot } from './known-directives.ts';
import { type Directive, whereOf } from './syntax.ts';

export class Ledger {
  readonly #draft: Draft;
  readonly #settled = new Set<Directive>();
  readonly #told = new Set<string>();
  readonly #replaced = new Set<Directive>();

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  /** It is mapped, or means nothing here; what stands in its block is still open. */
  settle(...directives: readonly Directive[]): void {
    for (const directive of directives) this.#settled.add(directive.of ?? directive);
  }

  /** With all that stands in its block. */
  settleWhole(directive: Directive): void {
    this.settle(directive);
    for (const each of directive.block ?? []) this.settleWhole(each);
  }

  /** Another one stands in its place somewhere: where none is in effect, nothing is lost. */
  replace(directive: Directive): void {
    this.#replaced.add(directive.of ?? directive);
  }

  /** It works, with a difference. */
  approximate(directive: Directive, why: string): void {
    this.settle(directive);
    this.#tell('approximate', directive, why);
  }

  /** It is left out, with all that stands in its block. */
  refuse(directive: Directive, why: string): void {
    this.settleWhole(directive);
    this.#tell('refuse', directive, why);
  }

  /** Tells of all that is still open. */
  close(directives: readonly Directive[]): void {
    for (const directive of directives) {
      const { name, block = [] } = directive;
      if (this.#settled.has(directive)) this.close(block);
      else if (!isUnseen(directive) && !(isReplaceable(name) && this.#replaced.has(directive)))
        this.refuse(directive, whyNot(directive));
    }
  }

  /** One directive may be in effect in many places. */
  #tell(how: 'approximate' | 'refuse', directive: Directive, why: string): void {
    const [at, what] = [whereOf(directive), written(directive)];
    const key = `${at} ${what} ${why}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#draft[how](at, what, why);
  }
}

/** A directive as it stands in the file, without its block. */
export function written({ name, words, source = words }: Directive): string {
  return [name, ...source].join(' ');
}
