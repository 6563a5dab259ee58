/**
 * What Electron main and the engine process say to each other. The engine process is a utility process
 * (`process.parentPort`), or, where SWITCHYARD_ENGINE_NODE names another Node, a fork of it (`process.send`).
 * Exchanges never travel here: each window has a port or a WebSocket of its own.
 */

export type ToEngineProcess =
  /** The first message. Answered by `ready` or `failed`. */
  | {
      type: 'start';
      /** Made when it is not there. Absent: an empty config that is in no file. */
      configFile?: string;
      /** Absent: nothing outlives the process. */
      dataDir?: string;
      version: string;
      /** Whether windows come over WebSocket (a fork has no MessagePort): the engine then serves the channel on a free port. */
      webSocket: boolean;
      /** Origin of the window's page, such as `app://switchyard`, which may then open the WebSocket. */
      origin?: string;
      /** The channel of the engine process before this one: it is taken again, so that open windows find the new one. */
      channel?: { url: string; token: string };
    }
  /** One per window and load; the MessagePort is transferred with it. Sent after `ready`. */
  | { type: 'port' }
  /** Drains and exits with code 0. */
  | { type: 'stop'; drainMs?: number };

export type FromEngineProcess =
  /** `channel` when `webSocket` was asked for: `ws://127.0.0.1:PORT/channel`. */
  | { type: 'ready'; channel?: { url: string; token: string } }
  /** It cannot run and exits with code 2. One line for people. */
  | { type: 'failed'; message: string };
