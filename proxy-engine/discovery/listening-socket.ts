/** One listening socket as a system tells of it. */
export interface ListeningSocket {
  /** `0.0.0.0`, `127.0.0.1`, `::`, `::1` … */
  address: string;
  port: number;
  pid?: number;
  process?: string;
  directory?: string;
}
