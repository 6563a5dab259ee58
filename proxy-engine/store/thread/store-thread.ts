/** Entry of the store thread. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { refusalOf } from '../disk/write-failure.ts';
import { DiskStore } from '../disk-store.ts';
import { keepRedactedNames } from '../record/redacted-names.ts';
import { SavedRecordings } from '../recordings/saved-recordings.ts';
import {
  type BatchAnswer,
  type FromStoreThread,
  givenAway,
  type Question,
  type RecordedBatch,
  type StoreThreadData,
  type ToStoreThread,
} from './thread-protocol.ts';

const port = parentPort;
if (port) serve(workerData as StoreThreadData, port);

function serve({ directory, limits, saved, redact }: StoreThreadData, thread: NonNullable<typeof parentPort>): void {
  const send = (message: FromStoreThread) => thread.postMessage(message);
  let store: DiskStore;
  let secrets = redact;
  try {
    const opened = DiskStore.open(directory, limits);
    store = opened.store;
    keepRedactedNames(directory, secrets);
    send({ type: 'ready', state: store.state(), note: opened.note });
  } catch (error) {
    send({ type: 'unusable', message: (error as Error).message });
    return;
  }
  const news = () => send({ type: 'news', state: store.state() });
  store.onDropped = news;
  const recordings = new SavedRecordings(saved, store.exchanges, () => secrets);
  thread.on('message', (message: ToStoreThread) => {
    switch (message.type) {
      case 'batch':
        take(store, message, thread);
        return;
      case 'writer':
        message.port.on('message', (batch: RecordedBatch) => {
          take(store, batch, message.port);
          // The engine learns by its own port what there is now.
          news();
        });
        return;
      case 'configure':
        store.configure(message.limits);
        secrets = message.redact;
        keepRedactedNames(directory, secrets);
        return;
      case 'tidy':
        void store.tidy(message.now).then((hasNews) => hasNews && news());
        return;
      case 'ask':
        void answer(store, recordings, message.question).then(
          (result) => send({ type: 'answer', call: message.call, result, state: store.state() }),
          (error: Error) => send({ type: 'refusal', call: message.call, ...refusalOf(error) }),
        );
    }
  });
}

function take(store: DiskStore, { buffer, length }: RecordedBatch, port: Pick<MessagePort, 'postMessage'>): void {
  const bytes = buffer.byteLength;
  store.take(Buffer.from(buffer, 0, length), () => {
    const back: BatchAnswer = { type: 'back', buffer };
    port.postMessage(back, givenAway(back));
  });
  port.postMessage({ type: 'taken', bytes, state: store.state() } satisfies BatchAnswer);
}

/** The others are answered by what lies in memory, as far as that goes. */
const ASKED_OF_ROWS: ReadonlySet<Question['kind']> = new Set(['tree', 'values', 'mark', 'recordings']);

async function answer(store: DiskStore, saved: SavedRecordings, question: Question): Promise<unknown> {
  if (ASKED_OF_ROWS.has(question.kind)) await store.prepareRows();
  switch (question.kind) {
    case 'query':
      return saved.read(question.input.recording, (from) => from.query(question.input));
    case 'ids':
      return saved.read(question.input.recording, async (from) => (await from.find(question.input.filter)).slice());
    case 'get':
      return saved.read(question.input.recording, (from) => from.get(question.input.id));
    case 'messages':
      return saved.read(question.input.recording, (from) => from.messages(question.input));
    case 'body':
      return saved.read(question.input.recording, (from) => from.readBody(question.input));
    case 'bodyMessages':
      return saved.read(question.input.recording, (from) => from.readBodyMessages(question.input));
    case 'tree':
      return saved.read(question.input.recording, (from) => from.tree(question.input));
    case 'values':
      return saved.read(question.input.recording, (from) => from.values(question.input));
    case 'mark':
      return store.mark(question.input);
    case 'recordings':
      return saved.run(question.input.command, question.input.input);
    case 'notKept':
      return store.notKept(question.input);
    case 'clear':
      await saved.nothingIsBeingSaved;
      return store.clear();
    case 'close':
      await saved.close();
      return store.close();
  }
}
