import type { EngineState } from '../../proxy-engine/contract/state.ts';

/** A request that the first route answers: its host and path when its expression names them. Null without a reverse listener. */
export function firstCurl(state: EngineState): { url: string; host?: string } | null {
  const listener = state.listeners.find((one) => one.mode === 'reverse' && one.error === undefined);
  if (!listener) return null;
  const match = state.routes[0]?.match ?? '';
  const host = /\bhost = "?([\w.-]+)"?/.exec(match)?.[1];
  const path = /\bpath (?:=|\^=) "?(\/[^\s"]*)"?/.exec(match)?.[1] ?? '/';
  return { url: `http://${listener.address}${path}`, host };
}
