/** `listen`: where a server is reached. */
import { type Directive, named } from './syntax.ts';

interface Listen {
  directive: Directive;
  /** `host:port`; of any address `*:port` or `[::]:port`. null: nothing here can listen there. */
  address: string | null;
  options: readonly string[];
}

/** Without `listen` nginx takes port 80. */
export function listensOf(
  block: readonly Directive[],
  server: Pick<Directive, 'line' | 'file'> = { line: 0 },
): Listen[] {
  const written = named(block, 'listen');
  const listens =
    written.length > 0 ? written : [{ name: 'listen', words: ['80'], line: server.line, file: server.file }];
  return listens.map((directive) => {
    const [first = '80', ...options] = directive.words;
    // HTTP/3 comes over UDP.
    return { directive, address: options.includes('quic') ? null : addressOf(first), options };
  });
}

/** Addresses at which a server listens, and those of which it says that it is the default. */
export function addressesOf(block: readonly Directive[]): { address: string; isDefault: boolean }[] {
  return listensOf(block).flatMap(({ address, options }) =>
    address === null ? [] : [{ address, isDefault: options.includes('default_server') || options.includes('default') }],
  );
}

/** `80`, `127.0.0.1:80`, `*:80`, `[::]:80`, `host`. */
function addressOf(written: string): string | null {
  if (Number(/(?:^|:)(\d+)$/.exec(written)?.[1] ?? 0) > 65_535) return null;
  if (/^\d+$/.test(written)) return `*:${written}`;
  const [, host, port = '80'] = /^(\*|\[[0-9a-f:.]+\]|(?!\d+-\d+$)[\w.-]+)(?::(\d+))?$/i.exec(written) ?? [];
  if (host === undefined) return null;
  if (host === '0.0.0.0') return `*:${port}`;
  return `${host.toLowerCase() === 'localhost' ? '127.0.0.1' : host}:${port}`;
}
