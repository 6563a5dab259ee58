import type { EngineState } from '../../proxy-engine/contract/state.ts';

/** A request for the first route that leads to a pool, or else the first: its host and path when its expression names them. Null without a reverse listener. */
export function firstCurl(state: EngineState): { url: string; host?: string } | null {
  const listener = state.listeners.find((one) => one.mode === 'reverse' && one.error === undefined);
  if (!listener) return null;
  const route = state.routes.find(({ to }) => to.startsWith('pool ')) ?? state.routes[0];
  const match = route?.match ?? '';
  const host = /\bhost = "?([\w.-]+)"?/.exec(match)?.[1];
  const path = /\bpath (?:=|\^=) "?(\/[^\s"]*)"?/.exec(match)?.[1] ?? '/';
  return { url: `http://${listener.address}${path}`, host };
}
