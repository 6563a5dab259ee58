/** How long the certificates that Switchyard issues are good. */

const DAY_MS = 24 * 60 * 60 * 1000;
/** Before now, so that a clock two days behind still accepts it (mitmproxy). */
const CLOCK_SKEW_MS = 2 * DAY_MS;
const AUTHORITY_DAYS = 3650;
/** From its first valid moment; Apple takes at most 825 days from authorities that a user trusts, the web's own at most 398. */
const LEAF_DAYS = 364;

/** When one issued now begins; all in epoch milliseconds. */
export function validFrom(now: number): number {
  return now - CLOCK_SKEW_MS;
}

export function authorityExpiresAt(now: number): number {
  return now + AUTHORITY_DAYS * DAY_MS;
}

export function leafExpiresAt(now: number): number {
  return validFrom(now) + LEAF_DAYS * DAY_MS;
}
