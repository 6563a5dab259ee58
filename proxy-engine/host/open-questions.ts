/** Searches whose asker has not heard the end: when it leaves, they are ended, as nobody waits for them. */
import { runCommand } from './commands.ts';
import type { EngineHost } from './engine-host.ts';

const QUERY = 'exchanges.query';

export class OpenQuestions {
  readonly #host: EngineHost;
  readonly #viewers = new Set<string>();

  constructor(host: EngineHost) {
    this.#host = host;
  }

  /** Runs the command. Rejects with a `CommandFailure`. */
  async run(command: string, input: unknown): Promise<unknown> {
    const viewer = command === QUERY ? (input as { viewer?: unknown } | null)?.viewer : undefined;
    if (typeof viewer !== 'string') return runCommand(this.#host, command, input);
    this.#viewers.add(viewer);
    const result = await runCommand(this.#host, command, input);
    if (isWhole(result)) this.#viewers.delete(viewer);
    return result;
  }

  /** A question of the same viewer takes the place of what goes on for it. */
  leave(): void {
    for (const viewer of this.#viewers) void runCommand(this.#host, QUERY, { viewer, limit: 0 }).catch(() => {});
    this.#viewers.clear();
  }
}

function isWhole(result: unknown): boolean {
  const { searched, ordered } = result as { searched?: number; ordered?: number };
  return searched === undefined && ordered === undefined;
}

let requests = 0;

/** A viewer of its own for a query of a request that names none; other inputs as they are. */
export function withViewer(command: string, input: unknown): unknown {
  if (command !== QUERY || typeof input !== 'object' || input === null || 'viewer' in input) return input;
  return { ...input, viewer: `request ${++requests}` };
}
