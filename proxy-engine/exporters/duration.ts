/** In seconds where there is no part of one: as nginx, HAProxy, Caddy and Traefik read times. */
export function duration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
