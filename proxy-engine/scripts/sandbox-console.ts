import type { SandboxHost } from './sandbox-host.ts';

/** How a value looks in a log line. */
export type Show = (value: unknown) => string;

/** Makes `console`. Its source text is evaluated by QuickJS (`sandbox-globals`): it uses nothing from outside its own body. */
export function sandboxConsole(host: SandboxHost): Show {
  const { stringify } = JSON;

  function show(value: unknown): string {
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    const above: unknown[] = [];
    // What JSON has no words for: what holds itself, and large integers.
    function plain(this: unknown, _key: string, each: unknown): unknown {
      while (above.length > 0 && above[above.length - 1] !== this) above.pop();
      if (typeof each !== 'object' || each === null) return typeof each === 'bigint' ? `${each}n` : each;
      return above.includes(each) ? '[circular]' : above[above.push(each) - 1];
    }
    try {
      return (typeof value === 'object' && stringify(value, plain)) || String(value);
    } catch {
      return '[cannot be shown]'; // its own getters or toJSON throw
    }
  }

  const writers = ['log', 'info', 'warn', 'error', 'debug'].map((level) => [
    level,
    (...values: unknown[]) => host.log(level, stringify(values.map(show).join(' '))),
  ]);
  Object.assign(globalThis, { console: Object.freeze(Object.fromEntries(writers)) });
  return show;
}
