import type { ApiError, CommandInput, CommandName, CommandResult } from '../../proxy-engine/contract/api.ts';
import type { ToWindow } from '../../proxy-engine/contract/channel.ts';
import type { Connection, Loss } from './connection.ts';

/** A command that the engine refused, or that could not reach it (`code: 'DISCONNECTED'`). */
export class CommandError extends Error {
  readonly code: string;
  readonly path: string | undefined;
  readonly issues: NonNullable<ApiError['issues']>;

  constructor(error: ApiError) {
    super(error.message);
    this.code = error.code;
    this.path = error.path;
    this.issues = error.issues ?? [];
  }
}

export interface EngineApi {
  /** Rejects with a `CommandError`. */
  call<C extends CommandName>(command: C, input: CommandInput<C>): Promise<CommandResult<C>>;
}

/** Everything of the channel that is not the answer to a call. */
export type EngineMessage = Extract<ToWindow, { type: 'snapshot' | 'events' }> | { type: 'lost'; loss: Loss };

interface Pending {
  resolve(result: unknown): void;
  reject(error: CommandError): void;
}

/** Starts `connection`; answers go to their callers, the rest to `onMessage`, in order. */
export function createEngineApi(connection: Connection, onMessage: (message: EngineMessage) => void): EngineApi {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let reachable = false;

  function lose(loss: Loss): void {
    reachable = false;
    const error = disconnected();
    for (const call of pending.values()) call.reject(error);
    pending.clear();
    onMessage({ type: 'lost', loss });
  }

  function receive(message: ToWindow): void {
    switch (message.type) {
      case 'result':
        pending.get(message.id)?.resolve(message.result);
        pending.delete(message.id);
        return;
      case 'error':
        pending.get(message.id)?.reject(new CommandError(message.error));
        pending.delete(message.id);
        return;
      case 'snapshot':
      case 'events':
        onMessage(message);
    }
  }

  connection.start({ onOpen: () => (reachable = true), onMessage: receive, onLost: lose });

  return {
    call<C extends CommandName>(command: C, input: CommandInput<C>) {
      if (!reachable) return Promise.reject(disconnected());
      const id = nextId++;
      return new Promise<CommandResult<C>>((resolve, reject) => {
        pending.set(id, { resolve: (result) => resolve(result as CommandResult<C>), reject });
        connection.send({ type: 'call', id, command, input });
      }).catch((error: unknown) => {
        pending.delete(id); // where it was not sent
        throw error;
      });
    },
  };
}

/** What is said of a call that cannot reach it. */
export const UNREACHABLE = 'The engine is not reachable.';

function disconnected(): CommandError {
  return new CommandError({ code: 'DISCONNECTED', message: UNREACHABLE });
}

/** What to tell a person about a failure of any kind. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
