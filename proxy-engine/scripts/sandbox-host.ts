/** What crosses between a sandbox and its host. */

/** Functions of the host; strings cross as JSON, since QuickJS ends a bare one at its first NUL. */
export interface SandboxHost {
  log(level: string, json: string): void;
  bodyText(): string;
  bodyBytes(): ArrayBuffer;
  /** `kind`: whose body it is. Text as JSON. */
  putBody(kind: 'message' | 'answer', body: string | ArrayBuffer): void;
}

/** Calls a handler with the exchange that `json` describes; gives what it changed, as JSON, at once or as a promise. */
export type RunHandler = (handler: (exchange: unknown) => unknown, json: string) => string | Promise<string>;
