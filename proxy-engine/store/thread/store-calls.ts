/** Questions to the store thread that have not been answered yet. */
import { BadFilter } from '../views/filter.ts';
import type { FromStoreThread, Question, ToStoreThread } from './thread-protocol.ts';

interface Call {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export class StoreCalls {
  readonly #send: (message: ToStoreThread) => void;
  readonly #calls = new Map<number, Call>();
  #nextCall = 1;

  constructor(send: (message: ToStoreThread) => void) {
    this.#send = send;
  }

  /** Rejects with what the thread refused, its `code` included. */
  ask(question: Question): Promise<unknown> {
    const call = this.#nextCall++;
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject });
      this.#send({ type: 'ask', call, question });
    });
  }

  settle(message: Extract<FromStoreThread, { type: 'answer' | 'refusal' }>): void {
    const call = this.#calls.get(message.call);
    this.#calls.delete(message.call);
    if (message.type === 'answer') call?.resolve(message.result);
    else call?.reject(errorOf(message));
  }

  /** Nobody will answer any more. */
  rejectAll(error: Error): void {
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
  }
}

function errorOf({ message, code }: Extract<FromStoreThread, { type: 'refusal' }>): Error {
  return code === 'BAD_FILTER' ? new BadFilter(message) : Object.assign(new Error(message), { code });
}
