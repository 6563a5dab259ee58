/** SIGHUP reads the config again; SIGTERM and SIGINT drain and end with 0, a second one ends at once. */
import type { Logger } from 'pino';
import type { Launched } from '../launch.ts';
import type { LogFormat } from './log.ts';

export function handleSignals(
  launched: Launched,
  options: { log: LogFormat; drain: number },
  onClose?: () => Promise<void>,
): void {
  const log = import('./log.ts').then(({ createLog }) => createLog(options.log));
  const say = (level: 'info' | 'warn' | 'error', message: string) =>
    void log.then((logger: Logger) => logger[level](message));
  launched.host.onNotice(({ level, message }) => say(level, message));
  let stopping = false;

  process.on('SIGHUP', () => {
    say('info', 'SIGHUP: reading the config again');
    void launched.host.reload();
  });

  function stop(signal: string): void {
    if (stopping) process.exit(0);
    stopping = true;
    say('info', `${signal}: draining for at most ${options.drain / 1000} s; once more ends at once`);
    void end().catch((error: unknown) => {
      process.stderr.write(`switchyard: could not end cleanly: ${String(error)}\n`);
      process.exit(2);
    });
  }

  async function end(): Promise<void> {
    await launched.close(options.drain);
    await onClose?.();
    process.exit(0);
  }

  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
