/** How nginx looks at the certificates of backends: `proxy_ssl_…`, and not at all unless it is told to. */
import type { DraftPool } from '../draft.ts';
import type { Site } from './site.ts';
import { type Directive, last } from './syntax.ts';

type Tls = NonNullable<DraftPool['tls']>;

interface Way {
  directive: Directive;
  site: Site;
  prefix: 'proxy' | 'grpc';
  /** Behind `proxy_pass`. */
  authority: string;
}

/** How the backends of a way are spoken to. */
export function backendTls({ directive, site, prefix, authority }: Way): Tls {
  const { ledger, directives } = site;
  const find = (name: string) => {
    const found = last(directives, `${prefix}_ssl_${name}`);
    if (found) ledger.settle(found);
    return found?.words[0];
  };
  const findCertificate = (name: string, key?: string) => {
    const cert = find(name);
    if (cert === undefined || site.canUse({ cert, ...(key !== undefined && { key }) })) return cert;
    ledger.approximate(directive, `${prefix}_ssl_${name} cannot be used here, and is left out`);
    return undefined;
  };
  const verify = find('verify') === 'on';
  const [ca, name, key] = [findCertificate('trusted_certificate'), find('name'), find('certificate_key')];
  const cert = findCertificate('certificate', key);
  find('server_name');
  if (name?.includes('$'))
    ledger.approximate(directive, `${prefix}_ssl_name has a variable: the name of the address is asked for`);
  const serverName = name === undefined || name.includes('$') ? authority.replace(/:\d+$/, '') : name;
  const isAddress = /^[\d.]+$|^\[/.test(serverName);
  const tls: Tls = {
    verify,
    ...(verify && ca !== undefined && { ca: [ca] }),
    ...(!isAddress && (verify || name !== undefined) && { serverName }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
  };
  if (!verify)
    ledger.approximate(
      directive,
      `${prefix}_ssl_verify is off, as it is in nginx by default: certificates of backends are not verified`,
    );
  return tls;
}
