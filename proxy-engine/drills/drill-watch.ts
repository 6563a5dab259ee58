/** Watches what the engine does for the requests of a drill. Every thread of the engine has one while a drill runs. */
import type { LiveExchange } from '../exchange.ts';
import { compileExpression } from '../match/compile.ts';
import type { ExchangeSubject } from '../match/subject.ts';
import { LiveSubject } from '../rules/live-subject.ts';
import { DRILL_HEADER } from './load-protocol.ts';

/** What is watched. */
export interface DrillOrder {
  /** Of the drill. */
  id: string;
  /** That are counted. */
  expressions: readonly string[];
}

/** What an exchange of a drill was. Times are `Clock.now()`. */
export interface DrillExchange {
  /** Of the drill's request. */
  number: number;
  /** Of the exchange. */
  id: number;
  startedAt: number;
  /** Whether it ended with an error. */
  troubled: boolean;
  attempts: readonly {
    startedAt: number;
    /** `api/a` */
    backend: string;
    /** No answer, or one with status 5xx. */
    failed: boolean;
  }[];
  /** Of `DrillOrder.expressions`: whether it held. */
  held: readonly boolean[];
}

export class DrillWatch {
  readonly #id: string;
  readonly #holds: readonly ((subject: ExchangeSubject) => boolean)[];
  readonly #tell: (exchange: DrillExchange) => void;

  constructor({ id, expressions }: DrillOrder, tell: (exchange: DrillExchange) => void) {
    this.#id = id;
    this.#tell = tell;
    this.#holds = expressions.map((text) => {
      const compiled = compileExpression(text, 'exchange');
      return compiled.ok ? compiled.holds : () => false;
    });
  }

  /** To be told of every exchange that has ended. */
  see(exchange: LiveExchange): void {
    const mark = exchange.request.headers.get(DRILL_HEADER);
    if (mark === undefined || exchange.isCopy || exchange.replayed) return;
    const cut = mark.lastIndexOf('.');
    if (mark.slice(0, cut) === this.#id) this.#tell(this.#read(exchange, Number(mark.slice(cut + 1))));
  }

  #read(exchange: LiveExchange, number: number): DrillExchange {
    const { id, startedAt, error, pool = '–' } = exchange;
    const subject = new LiveSubject(exchange);
    return {
      number,
      id,
      startedAt,
      troubled: error !== null,
      attempts: exchange.attempts.map(({ backend, startedAt: at, outcome, status }) => ({
        startedAt: at,
        backend: `${pool}/${backend}`,
        failed: outcome !== 'answered' || status >= 500,
      })),
      held: this.#holds.map((holds) => holds(subject)),
    };
  }
}
