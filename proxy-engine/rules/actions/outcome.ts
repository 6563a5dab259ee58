/** `status` (response) and `mark` (both): what the client and the list are told. */
import { reasonOf } from '../../http/own-answer.ts';
import { compileTemplate } from '../../match/template.ts';
import type { Action, ActionContext } from '../action.ts';

export function compileStatus(status: number): Action {
  const reason = reasonOf(status);
  return {
    kind: 'head',
    words: [`status ${status}`],
    changes: [{ op: 'status', name: '', values: [String(status), reason] }],
    act(exchange) {
      const { answered } = exchange;
      if (answered === null) return;
      answered.status = status;
      answered.reason = reason;
      // Another object: what the client gets is told apart from what the backend gave.
      exchange.editResponseHeaders();
    },
  };
}

export interface MarkConfig {
  color?: string | undefined;
  note?: string | undefined;
}

/** Later marks override earlier ones, colour and note by themselves. A note may have variables; an unknown `$word` is text. */
export function compileMark({ color, note }: MarkConfig, { phase, issue }: ActionContext): Action {
  const shade = color?.toLowerCase();
  const template = note === undefined ? null : compileTemplate(note, { phase, lenient: true, unicode: true });
  for (const message of template?.issues ?? []) issue(['mark', 'note'], message);
  return {
    kind: 'head',
    words: ['mark'],
    changes: [],
    act(exchange) {
      const told = template && { note: template.render(exchange) };
      exchange.mark = { ...exchange.mark, ...(shade !== undefined && { color: shade }), ...told };
    },
  };
}
