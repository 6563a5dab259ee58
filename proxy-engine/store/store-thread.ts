/** Entry of the store thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { DiskStore } from './disk-store.ts';
import { BadFilter } from './filter.ts';
import type { FromStoreThread, Question, StoreThreadData, ToStoreThread } from './thread-protocol.ts';

const port = parentPort;
if (port) serve(workerData as StoreThreadData, port);

function serve({ directory, limits }: StoreThreadData, thread: NonNullable<typeof parentPort>): void {
  const send = (message: FromStoreThread, transfer: ArrayBuffer[] = []) => thread.postMessage(message, transfer);
  let store: DiskStore;
  try {
    const opened = DiskStore.open(directory, limits);
    store = opened.store;
    send({ type: 'ready', state: store.state(), note: opened.note });
  } catch (error) {
    send({ type: 'unusable', message: (error as Error).message });
    return;
  }
  thread.on('message', (message: ToStoreThread) => {
    switch (message.type) {
      case 'batch':
        store.take(Buffer.from(message.buffer, 0, message.length));
        send({ type: 'taken', buffer: message.buffer, state: store.state() }, [message.buffer]);
        return;
      case 'configure':
        store.configure(message.limits);
        return;
      case 'expire':
        store.expire(message.now);
        return;
      case 'ask':
        void answer(store, message.question).then(
          (result) => send({ type: 'answer', call: message.call, result, state: store.state() }),
          (error: Error) =>
            send({
              type: 'refusal',
              call: message.call,
              message: error.message,
              isBadFilter: error instanceof BadFilter,
            }),
        );
    }
  });
}

async function answer(store: DiskStore, question: Question): Promise<unknown> {
  switch (question.kind) {
    case 'query':
      return store.exchanges.query(question.input);
    case 'get':
      return store.exchanges.get(question.input);
    case 'messages':
      return store.exchanges.messages(question.input);
    case 'body':
      return store.exchanges.readBody(question.input);
    case 'tree':
      return store.exchanges.tree(question.input);
    case 'values':
      return store.exchanges.values(question.input);
    case 'mark':
      return store.mark(question.input);
    case 'clear':
      return store.clear();
    case 'close':
      return store.close();
  }
}
