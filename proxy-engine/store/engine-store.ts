import type { CommandResult, ParsedInput } from '../contract/api.ts';
import type { RecordingCommand } from '../contract/recording-commands.ts';
import type { CaptureStore, RecordedElsewhere } from './capture-store.ts';

interface EngineStoreDeps {
  changed(this: void): void;
  nextId(this: void): number;
  /** Recording was paused, or goes on. */
  onRecording(this: void, recording: boolean): void;
}

/** The store as the host asks it; changes made through it are told. */
export class EngineStore {
  readonly #capture: CaptureStore;
  readonly #changed: () => void;
  readonly #nextId: () => number;
  readonly #onRecording: (recording: boolean) => void;

  constructor(capture: CaptureStore, { changed, nextId, onRecording }: EngineStoreDeps) {
    this.#capture = capture;
    this.#changed = changed;
    this.#nextId = nextId;
    this.#onRecording = onRecording;
  }

  get newestId(): number {
    return this.#capture.newestId;
  }

  get recorded(): number {
    return this.#capture.state().exchanges;
  }

  get changes(): number {
    return this.#capture.changes;
  }

  get marks(): number {
    return this.#capture.marks;
  }

  tree(input: ParsedInput<'exchanges.tree'>) {
    return this.#capture.tree(input);
  }

  values(input: ParsedInput<'exchanges.values'>) {
    return this.#capture.values(input);
  }

  async mark(input: ParsedInput<'exchange.mark'>) {
    const answer = await this.#capture.mark(input);
    this.#changed();
    return answer;
  }

  messages(input: ParsedInput<'exchange.messages'>) {
    return this.#capture.messages(input);
  }

  query(input: ParsedInput<'exchanges.query'>) {
    return this.#capture.query(input);
  }

  ids(filter: string | undefined, recording?: string) {
    return this.#capture.ids(filter, recording);
  }

  get(id: number, recording?: string) {
    return this.#capture.get(id, recording);
  }

  recordings<C extends RecordingCommand>(command: C, input: ParsedInput<C>): Promise<CommandResult<C>> {
    return this.#capture.recordings(command, input);
  }

  body(input: ParsedInput<'exchange.body'>) {
    return this.#capture.readBody(input);
  }

  bodyMessages(input: ParsedInput<'exchange.bodyMessages'>) {
    return this.#capture.readBodyMessages(input);
  }

  /** Records an exchange that is made with its number; answers the number. */
  async takeIn(make: (id: number) => RecordedElsewhere): Promise<number> {
    const id = this.#nextId();
    await this.#capture.takeIn(make(id));
    this.#changed();
    return id;
  }

  notKept(ids: readonly number[]) {
    return this.#capture.notKept(ids);
  }

  async clear(): Promise<void> {
    await this.#capture.clear();
    this.#changed();
  }

  setRecording(recording: boolean): void {
    this.#capture.setRecording(recording);
    this.#onRecording(recording);
    this.#changed();
  }
}
