import { splitAddress } from '../../downstream/address.ts';
import { CliFailure, type FailureExitCode } from './failure.ts';

/** What `option` was given. Throws `CliFailure` when it is no address of a port. */
export function hostAndPort(
  option: string,
  text: string,
  exitCode: FailureExitCode = 1,
): { host: string; port: number } {
  const address = splitAddress(text);
  if (address.host !== '' && /:\d{1,5}$/.test(text) && address.port <= 65_535) return address;
  throw new CliFailure(exitCode, `${option} ${text}: expected HOST:PORT, such as 127.0.0.1:4780`);
}
