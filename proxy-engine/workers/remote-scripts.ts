import type { ScriptCall } from '../rules/effects.ts';
import type { HeldMessage, Scripts, Verdict } from '../rules/verdict.ts';
import type { ScriptOrder, ScriptReply } from '../scripts/protocol.ts';
import { runScript } from '../scripts/script-runner.ts';

/** Scripts that run where those of the engine's own thread do. */
export class RemoteScripts implements Scripts {
  readonly #send: (call: number, order: ScriptOrder) => void;
  readonly #calls = new Map<number, (reply: ScriptReply) => void>();
  #nextCall = 1;

  constructor(send: (call: number, order: ScriptOrder) => void) {
    this.#send = send;
  }

  run(call: ScriptCall, message: HeldMessage): Promise<Verdict> {
    return runScript(call, message, (order) => this.#obey(order));
  }

  #obey(order: ScriptOrder): Promise<ScriptReply> {
    const call = this.#nextCall++;
    return new Promise((resolve) => {
      this.#calls.set(call, resolve);
      this.#send(call, order);
    });
  }

  answered(call: number, reply: ScriptReply): void {
    this.#calls.get(call)?.(reply);
    this.#calls.delete(call);
  }
}
