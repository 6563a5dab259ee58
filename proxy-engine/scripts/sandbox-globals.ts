/**
 * What a script finds inside the sandbox. None of these functions is called here: QuickJS evaluates their source text, so each uses
 * nothing but its parameters. Everything that a script lets out is checked again outside (`read-outcome`).
 */
import type { ScriptExchange } from './protocol.ts';
import { type SandboxBodies, sandboxBodies } from './sandbox-body.ts';
import { type Show, sandboxConsole } from './sandbox-console.ts';
import { type SandboxGuard, sandboxGuard } from './sandbox-guard.ts';
import { sandboxHeaders } from './sandbox-headers.ts';
import type { RunHandler } from './sandbox-host.ts';
import { type AnswerInit, type SandboxMessages, sandboxMessages } from './sandbox-messages.ts';

/** Source text of a function that takes a `SandboxHost`, makes the globals and gives a `RunHandler`. */
export const INSTALL_SOURCE = `(host) => {
  const show = (${sandboxConsole})(host);
  const bodies = (${sandboxBodies})(host);
  const guard = (${sandboxGuard})();
  const messages = (${sandboxMessages})({ host, show, headers: (${sandboxHeaders})(), bodies, guard });
  return (${handlerRunner})({ show, bodies, messages, guard });
}`;

interface Parts {
  show: Show;
  bodies: SandboxBodies;
  messages: SandboxMessages;
  guard: SandboxGuard;
}

function handlerRunner({ show, bodies, messages, guard: { guarded } }: Parts): RunHandler {
  const { parse, stringify } = JSON;

  return function run(handler, json) {
    const given = parse(json) as ScriptExchange;
    const isRequest = given.phase === 'request';
    const responseBody = bodies.create(true, given.bodyComplete);
    const requestBody = bodies.create(isRequest, given.bodyComplete);
    const outgoing = messages.requestOf(given, requestBody);
    const response = messages.responseOf(given, responseBody);
    let end: Record<string, unknown> = {};
    const notes: string[] = [];
    const members = Object.freeze({
      id: given.id,
      rule: given.rule,
      listener: given.listener,
      clientIp: given.clientIp,
      route: given.route ?? null,
      pool: given.pool ?? null,
      backend: given.backend ?? null,
      request: guarded(Object.freeze(outgoing.view), 'request'),
      response: response.view && guarded(Object.freeze(response.view), 'response'),
      respond(answer: AnswerInit = {}) {
        end = { answer: messages.answerOf(answer) };
      },
      abort(mode: unknown = 'reset') {
        if (mode !== 'reset' && mode !== 'close' && mode !== 'hang')
          throw new TypeError(`abort knows reset, close and hang, not ${show(mode)}`);
        end = { abort: mode };
      },
      note(text: unknown) {
        notes.push(show(text));
      },
    });
    function outcome(): string {
      (isRequest ? requestBody : responseBody).put();
      return stringify({
        request: outgoing.changes(),
        response: response.changes?.(),
        note: notes.length > 0 ? notes.join('; ') : undefined,
        ...end,
      });
    }
    const result = handler(guarded(members, 'exchange'));
    return result instanceof Promise ? result.then(outcome) : outcome();
  };
}
