/** Everything that crosses between window and main, by name. Exchanges never do: each window has a port of its own to the engine. */
export const ipc = {
  /** window → main: the page listens; it may be told the engine's status and be given a port. */
  pageReady: 'page:ready',
  /** window → main, synchronous: the engine's WebSocket, where it has one. */
  engineChannel: 'engine:channel',
  /** window → main: the language that the page is in. */
  language: 'page:language',
  /** main → window: `EngineProcessStatus`. */
  engineStatus: 'engine:status',
  /** main → window: a MessagePort to the engine is transferred with it. */
  enginePort: 'engine:port',
  /** main → window: the id of a command of the menu. */
  command: 'menu:command',
} as const;
