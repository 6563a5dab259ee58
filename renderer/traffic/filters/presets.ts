/** Filters that are always offered, by the key of their name. */
export const PRESETS = {
  failed: 'status >= 500 or failed',
  retried: 'attempts > 1',
  slow: 'duration > 1s',
  pinned: 'pinned',
  marked: 'note ~ "." or color ~ "."',
  websocket: 'websocket',
  grpc: 'grpc',
  grpcFailed: 'contentType ^= application/grpc and responseHeader[grpc-status] ~ "[1-9]"',
  sse: 'sse',
} as const;

export type PresetName = keyof typeof PRESETS;
