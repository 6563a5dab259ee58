/** `${NAME}` and `${NAME:-default}`: where a document takes an environment variable. */

/** As in a shell, `:-` also stands in for an empty variable. `$${NAME}` is left alone: `$$` is a dollar. */
const REFERENCE = /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}/g;

export interface Reference {
  name: string;
  /** What stands in for a variable that is empty or not set. */
  fallback: string | undefined;
}

/** `text` with each reference replaced by what `valueOf` gives for it; null leaves it as it is. */
export function replaceReferences(text: string, valueOf: (reference: Reference) => string | null): string {
  return text.replace(REFERENCE, (whole: string, name: string, hasFallback: string | undefined, fallback: string) =>
    whole.startsWith('$$') ? whole : (valueOf({ name, fallback: hasFallback && fallback }) ?? whole),
  );
}

/** The variables that the texts of `value` take, each once, in their order. */
export function variablesOf(value: unknown): string[] {
  const names = new Set<string>();
  for (const { text } of textsIn(value, ''))
    replaceReferences(text, ({ name }) => {
      names.add(name);
      return null;
    });
  return [...names];
}

/** Every text in plain data, with the way to it: `rules[0].request[0].set.authorization`. */
export function* textsIn(value: unknown, path: string): Generator<{ path: string; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* textsIn(item, `${path}[${index}]`);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* textsIn(item, path === '' ? key : `${path}.${key}`);
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Shorter values are no secrets, and parts of words and numbers. */
const SHORTEST_SECRET = 4;

/** `text` with the values of these variables as `${NAME}` again: as they are, as in quotes, and begun where a long text is cut off. */
export function hideValues(text: string, names: readonly string[], environment: Environment): string {
  return names.reduce((rest, name) => hide(rest, name, environment[name] ?? ''), text);
}

function hide(text: string, name: string, value: string): string {
  if (value.length < SHORTEST_SECRET || value === 'true' || value === 'false') return text;
  const told = `\${${name}}`;
  // A name of a header or a host is told in lower case.
  const forms = new Set([value, value.toLowerCase(), JSON.stringify(value).slice(1, -1)]);
  return [...forms].reduce((rest, form) => {
    const whole = rest.replaceAll(form, told);
    const cut = whole.includes('…') ? beginningsOf(form).find((start) => whole.includes(`${start}…`)) : undefined;
    return cut === undefined ? whole : whole.replaceAll(`${cut}…`, `${told}…`);
  }, text);
}

/** The longest first. */
function beginningsOf(text: string): string[] {
  return Array.from(text, (_, cut) => text.slice(0, text.length - cut));
}
