/** What a connection to a listener is made with in tests that need no engine. */
import { configSchema } from '../../proxy-engine/contract/config.ts';
import type { Client } from '../../proxy-engine/downstream/client.ts';

const { listeners } = configSchema.parse({ version: 1, listeners: { plain: { address: '127.0.0.1:0' } } });

/** Those of a listener that says nothing of them. */
export const DEFAULT_LIMITS = listeners['plain']!.limits;

/** Speaks in clear, to a reverse listener. */
export const PLAIN_CLIENT: Client = {
  ip: '',
  port: 0,
  trusted: null,
  scheme: 'http',
  tls: null,
  forward: false,
  destination: null,
};
