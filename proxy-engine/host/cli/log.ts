/** The log on standard error. Standard output is for the ready line and for results. */
import { type Logger, pino } from 'pino';

export type LogFormat = 'pretty' | 'json';

/** Lines for people, or one JSON object a line. Written at once: nothing is lost when the process ends. */
export function createLog(format: LogFormat): Logger {
  const write = (line: string) => void process.stderr.write(format === 'json' ? line : formatPretty(line));
  return pino({ base: null, redact: ['token', '*.token', '*.authorization'] }, { write });
}

const LEVELS: Record<number, string> = { 20: 'debug', 30: 'info ', 40: 'warn ', 50: 'error', 60: 'fatal' };

/** `14:02:07 info  message key=value` from pino's JSON line. */
export function formatPretty(line: string): string {
  const { level, time, msg, ...rest } = JSON.parse(line) as { level: number; time: number; msg?: string };
  const fields = Object.entries(rest).map(
    ([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const clock = new Date(time).toTimeString().slice(0, 8);
  return `${clock} ${LEVELS[level] ?? level} ${msg ?? ''}${fields.join('')}\n`;
}
