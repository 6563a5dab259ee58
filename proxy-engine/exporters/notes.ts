/** The report of one export: every thing of the document lands in one of three lists. */
import { ALWAYS, type ExportDoubt, type ExportNote, gathered } from '../contract/transfer.ts';

export class Notes {
  readonly #hide: (text: string) => string;
  readonly mapped: ExportNote[] = [];
  readonly approximated: ExportDoubt[] = [];
  readonly unmapped: ExportDoubt[] = [];
  /** Every entry behind the name of its list. */
  readonly #told = new Set<string>();
  readonly #atEnd: (() => void)[] = [];

  /** `hide` takes out of a text what no report may say: it goes to logs. */
  constructor(hide: (text: string) => string) {
    this.#hide = hide;
  }

  map(path: string, what: string): void {
    this.#addOnce('mapped', { path, what: this.#hide(what) });
  }

  approximate(path: string, what: string, why: string): void {
    this.#addOnce('approximated', { path, what: this.#hide(what), why: this.#hide(why) });
  }

  /** Once all else is told. */
  atEnd(tell: () => void): void {
    this.#atEnd.push(tell);
  }

  end(): void {
    for (const tell of this.#atEnd.splice(0)) tell();
  }

  /** What differs whatever the document says. */
  always(what: string, why: string): void {
    this.approximate(ALWAYS, what, why);
  }

  refuse(path: string, what: string, why: string): void {
    this.#addOnce('unmapped', { path, what: this.#hide(what), why: this.#hide(why) });
  }

  /** Something that nobody asked for explicitly only differs; what was written down is missing. */
  lack(path: string, what: string, why: string, isDefault: boolean): void {
    if (isDefault) this.approximate(path, `${what} (Switchyard's default)`, why);
    else this.refuse(path, what, why);
  }

  /** Runs `emit`; what the target cannot say becomes an entry of `unmapped`, and `undefined` the result. */
  attempt<T>(path: string, what: string, emit: () => T): T | undefined {
    try {
      return emit();
    } catch (error) {
      if (!(error instanceof Inexpressible)) throw error;
      this.refuse(path, what, error.message);
      return undefined;
    }
  }

  /** As `attempt`; what it has emitted becomes an entry of `mapped`. */
  attemptMapped<T>(path: string, what: string, emit: () => T): T | undefined {
    return this.attempt(path, what, () => {
      const emitted = emit();
      this.map(path, what);
      return emitted;
    });
  }

  #addOnce<L extends 'mapped' | 'approximated' | 'unmapped'>(list: L, note: this[L][number]): void {
    const told = `${list} ${JSON.stringify(note)}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    (this[list] as ExportNote[]).push(note);
  }
}

/** Tells of a target that can only close. */
export function noteAbort(notes: Notes, path: string, abort: 'reset' | 'close' | 'hang', target: string): void {
  if (abort === 'reset') notes.approximate(path, 'abort: reset', `${target} closes without a reset`);
  if (abort === 'hang') notes.approximate(path, 'abort: hang', `${target} closes at once`);
}

/** Tells of shares, where a target throws dice and Switchyard takes turns. */
export function noteDrawn(notes: Notes, path: string, split: readonly { weight: number }[]): void {
  if (split.filter(({ weight }) => weight > 0).length > 1)
    notes.approximate(`${path}.split`, 'shares', 'drawn by chance for each request: they hold over many only');
}

/** Tells of a target that takes the address of a trusted proxy for the client's. */
export function noteForgottenProxy(notes: Notes, path: string): void {
  notes.approximate(
    `${path}.trustedProxies`,
    'trusted proxies',
    "X-Forwarded-For gets the client's address once more instead of the proxy's",
  );
}

/** Tells of a target that believes trusted proxies as far as the client's address goes. */
export function noteUntrusted(notes: Notes, path: string, target: string): void {
  notes.refuse(
    `${path}.trustedProxies`,
    'X-Forwarded-Proto, X-Forwarded-Host and Forwarded of trusted proxies',
    `${target} asks the connection and Host: behind a proxy that ends TLS the scheme stays http, and a redirect to https never ends`,
  );
}

/** Thrown where a target has no words for something; the message says what. Never leaves an exporter. */
export class Inexpressible extends Error {}

/** The report as comment lines for the top of a file. */
export function commentLines(notes: Notes, title: string, mark = '#'): string[] {
  notes.end();
  const lines = [`${mark} ${title}`];
  const { particular, always } = partedDoubts(notes.approximated);
  addDoubts(lines, 'Approximated', particular, mark);
  addDoubts(lines, 'Not mapped', notes.unmapped, mark);
  addDoubts(lines, 'Always different there', always, mark);
  return lines.map((line) => line.replace(/[\r\n]+/g, ' '));
}

function addDoubts(lines: string[], heading: string, doubts: readonly ExportDoubt[], mark: string): void {
  if (doubts.length === 0) return;
  lines.push(mark, `${mark} ${heading}:`);
  for (const { path, what, why } of gathered(doubts))
    lines.push(`${mark}   ${path === ALWAYS ? '' : `${path}: `}${what}: ${why}`);
}

/** What is said of the document, and what differs whatever it says. */
export function partedDoubts(doubts: readonly ExportDoubt[]): Record<'particular' | 'always', ExportDoubt[]> {
  return {
    particular: doubts.filter(({ path }) => path !== ALWAYS),
    always: doubts.filter(({ path }) => path === ALWAYS),
  };
}
