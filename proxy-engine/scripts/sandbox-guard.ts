import type { ScriptHeaders } from './sandbox-headers.ts';

/** Tells a script that uses what is not there: a function that is not strict would set it, and nothing would come of it. */
export interface SandboxGuard {
  /** `what`: as the script knows it. */
  guarded<Members extends object>(members: Members, what: string): Members;
  headers(headers: ScriptHeaders): ScriptHeaders;
}

/** Its source text is evaluated by QuickJS (`sandbox-globals`): it uses nothing from outside its own body. */
export function sandboxGuard(): SandboxGuard {
  const { stringify } = JSON;
  const { getOwnPropertyDescriptor } = Object;

  function guarded<Members extends object>(members: Members, what: string): Members {
    return new Proxy(members, {
      set(target, name, value) {
        const descriptor = getOwnPropertyDescriptor(target, name);
        if (!descriptor?.set) throw new TypeError(`${what}.${String(name)} cannot be set`);
        descriptor.set(value);
        return true;
      },
    });
  }

  function headers(given: ScriptHeaders): ScriptHeaders {
    return new Proxy(given, {
      get(target, name) {
        const value: unknown = target[name as keyof ScriptHeaders];
        if (typeof value === 'function') return value.bind(target) as unknown;
        // `await` asks everything for `then`.
        if (typeof name === 'string' && name !== 'then' && !(name in target))
          throw new TypeError(`a header is read with headers.get(${stringify(name)})`);
        return value;
      },
      set(_target, name) {
        throw new TypeError(`a header is set with headers.set(${stringify(String(name))}, value)`);
      },
    });
  }

  return { guarded, headers };
}
