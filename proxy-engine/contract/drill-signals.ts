/** Signals that a drill may send. */
export const DRILL_SIGNAL_NAMES = [
  'SIGTERM',
  'SIGKILL',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGSTOP',
  'SIGCONT',
] as const;

export type DrillSignal = (typeof DRILL_SIGNAL_NAMES)[number];
