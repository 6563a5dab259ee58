/** The latest reasons why a backend failed, so that a person who looks afterwards still learns them. */
export interface RecentFailure {
  /** `Clock.now()` of the last time. */
  at: number;
  reason: string;
  /** One after the other without another reason in between. */
  times: number;
}

const KEPT = 5;

/** Notes one failure in `failures`, newest last; the same reason again is counted and takes no place. */
export function noteFailure(failures: RecentFailure[], at: number, reason: string): void {
  const last = failures.at(-1);
  if (last?.reason === reason) {
    last.at = at;
    last.times++;
    return;
  }
  failures.push({ at, reason, times: 1 });
  if (failures.length > KEPT) failures.shift();
}
