/** What was recorded, wherever it is kept. */
import type { MessagePort } from 'node:worker_threads';
import type { CommandResult, ExchangeWindow, ParsedInput } from '../contract/api.ts';
import type { BodyMessageWindow, BodyWindow, MessageWindow } from '../contract/body-commands.ts';
import type { CaptureConfig } from '../contract/config.ts';
import type { Exchange, WebSocketMessage } from '../contract/exchange.ts';
import type { ExchangeTree } from '../contract/exchange-commands.ts';
import type { RecordingCommand } from '../contract/recording-commands.ts';
import type { CaptureState } from '../contract/state.ts';
import type { LiveExchange } from '../exchange.ts';
import type { ExchangeRecorder } from '../proxy-context.ts';
import type { TappedMessage } from '../websocket/frame-tap.ts';
import type { DiskState } from './disk-store.ts';
import type { OtherWriters } from './thread/sizes-now.ts';

/** An exchange that did not pass here, with its bodies as they are kept. */
export interface RecordedElsewhere {
  exchange: LiveExchange;
  requestBody: Uint8Array;
  responseBody: Uint8Array;
  messages: readonly { from: WebSocketMessage['from']; atMs: number; message: TappedMessage }[];
}

/** `level`, `problem`: what is kept now, and why that is not everything. */
export interface NotKept extends Pick<DiskState, 'level' | 'problem'> {
  ids: number[];
}

/** The request path only appends; everything else happens when somebody asks. */
export interface CaptureStore extends ExchangeRecorder {
  /** Id of the newest exchange that it knows; 0: none. */
  readonly newestId: number;
  /** Grows whenever something was recorded or a recorded exchange changed. */
  readonly changes: number;
  /** Grows whenever marks were changed. */
  readonly marks: number;
  configure(capture: CaptureConfig): void;
  setRecording(recording: boolean): void;
  state(): CaptureState;
  /** Rejects with `BadFilter`. */
  query(input: ParsedInput<'exchanges.query'>): Promise<ExchangeWindow>;
  /** Of those for which the filter holds, in order; absent: of all. Rejects with `BadFilter`. */
  ids(filter: string | undefined, recording?: string): Promise<readonly number[]>;
  /** Of a saved recording, or of what is being recorded. */
  get(id: number, recording?: string): Promise<Exchange | null>;
  messages(input: ParsedInput<'exchange.messages'>): Promise<MessageWindow | null>;
  /** How many of them were there; nothing was changed when it answers why. */
  mark(input: ParsedInput<'exchange.mark'>): Promise<{ marked: number } | { refused: string }>;
  /** Rejects with `BadFilter`. */
  tree(input: ParsedInput<'exchanges.tree'>): Promise<ExchangeTree>;
  values(input: ParsedInput<'exchanges.values'>): Promise<string[]>;
  readBody(input: ParsedInput<'exchange.body'>): Promise<BodyWindow | null>;
  readBodyMessages(input: ParsedInput<'exchange.bodyMessages'>): Promise<BodyMessageWindow | null>;
  /** What is asked of saved recordings. */
  recordings<C extends RecordingCommand>(command: C, input: ParsedInput<C>): Promise<CommandResult<C>>;
  /** Records what another program saw, also while recording is paused. Resolves when there is room for more. */
  takeIn(recorded: RecordedElsewhere): Promise<void>;
  /** Which of them are not there, once all that came before has been taken in. */
  notKept(ids: readonly number[]): Promise<NotKept>;
  /** Takes what another thread records: batches come by the port. `writers`: all such threads. Absent: it cannot. */
  addWriter?(port: MessagePort, writers: OtherWriters): void;
  clear(): Promise<void>;
  close(): Promise<void>;
}
