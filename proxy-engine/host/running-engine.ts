/** What the host needs of the engine; `proxy-engine/engine.ts` is it, tests bring their own. */
import type { Pool } from '../balancer/pool.ts';
import type { AuthorityInfo, CommandResult, ParsedInput } from '../contract/api.ts';
import type { BreakpointState, HeldDetail } from '../contract/breakpoint.ts';
import type { BackendState, Config } from '../contract/config.ts';
import type { RecordingCommand } from '../contract/recording-commands.ts';
import type { ChangeBy, EngineState } from '../contract/state.ts';
import type { DrillExchange, DrillOrder } from '../drills/drill-watch.ts';
import type { Sendings } from '../replay/sendings.ts';
import type { NotKept, RecordedElsewhere } from '../store/capture-store.ts';

/** Queries answer from the store's own thread. */
export interface CaptureQueries {
  query(input: ParsedInput<'exchanges.query'>): Promise<CommandResult<'exchanges.query'>>;
  /** Of those for which the filter holds, in order; absent: of all. Rejects with `BadFilter`. */
  ids(filter: string | undefined, recording?: string): Promise<readonly number[]>;
  get(id: number, recording?: string): Promise<CommandResult<'exchange.get'> | null>;
  body(input: ParsedInput<'exchange.body'>): Promise<CommandResult<'exchange.body'> | null>;
  bodyMessages(input: ParsedInput<'exchange.bodyMessages'>): Promise<CommandResult<'exchange.bodyMessages'> | null>;
  messages(input: ParsedInput<'exchange.messages'>): Promise<CommandResult<'exchange.messages'> | null>;
  tree(input: ParsedInput<'exchanges.tree'>): Promise<CommandResult<'exchanges.tree'>>;
  values(input: ParsedInput<'exchanges.values'>): Promise<string[]>;
  mark(input: ParsedInput<'exchange.mark'>): Promise<{ marked: number } | { refused: string }>;
  recordings<C extends RecordingCommand>(command: C, input: ParsedInput<C>): Promise<CommandResult<C>>;
  /** Records an exchange that is made with its number; answers the number. */
  takeIn(make: (id: number) => RecordedElsewhere): Promise<number>;
  notKept(ids: readonly number[]): Promise<NotKept>;
  clear(): Promise<void>;
  setRecording(recording: boolean): void;
  /** How many exchanges are recorded. */
  readonly recorded?: number;
  /** Id of the last exchange that was recorded; 0: none. */
  readonly newestId?: number;
  /** Grows whenever something was recorded or a recorded exchange changed. */
  readonly changes?: number;
  /** Grows whenever marks were changed. */
  readonly marks?: number;
}

/** Held messages. */
export interface BreakpointCommands {
  state(): BreakpointState;
  /** null: it is not held. */
  detail(id: number): HeldDetail | null | Promise<HeldDetail | null>;
  /** Answers what is wrong with the edits; null: it goes on. Ids that are not held are refused before. */
  decide(input: ParsedInput<'breakpoint.resume'>): string | null | Promise<string | null>;
  /** Answers what is wrong with the expression; null: the next one is awaited, or none any more. */
  awaitNext(input: ParsedInput<'breakpoint.next'>): string | null;
}

export interface RunningEngine {
  readonly store: CaptureQueries;
  readonly breakpoints: BreakpointCommands;
  /** Requests of its own. */
  readonly sendings: Pick<Sendings, 'start' | 'find'>;
  /** Throws `ConfigError` and keeps what runs when `config` cannot be applied. `onRuns` is called before anybody is told that it runs. */
  apply(config: Config, from: { configFile?: string; baseDir: string }, onRuns?: () => void): Promise<void>;
  state(): EngineState;
  /** That of `state()`, which costs more to ask. */
  readonly revision: number;
  setBackendState(pool: string, backend: string, state: BackendState, by: string): void;
  setWeight(pool: string, backend: string, weight: number): void;
  /** Resolves when all threads of the engine go by what was set. */
  settled(): Promise<void>;
  /** Of the running config; undefined: there is none of that name. */
  pool(name: string): Pool | undefined;
  /** Why the file on disk is not what runs; null: it is. */
  setConfigError(message: string | null): void;
  testRule(input: ParsedInput<'rule.test'>): CommandResult<'rule.test'>;
  /** Nothing that comes to a listener may go to that address, `host:port`, which is the control port's. */
  reserve(address: string): void;
  /** Rejects when there is none and none can be made. */
  authority(): Promise<AuthorityInfo>;
  /** A cheap signal that `state()` or the list of exchanges has changed; called often. */
  onChange(listener: (by: ChangeBy) => void): () => void;
  /** Calls `listener` with every exchange of that drill that has ended, until the returned function is called. */
  watchDrill(order: DrillOrder, listener: (exchange: DrillExchange) => void): () => void;
  /** Prometheus text. */
  metrics(): Promise<string>;
  /** Stops accepting, gives exchanges in flight `drainMs` to finish, then ends them. */
  close(drainMs: number): Promise<void>;
}
