import { ProxyError } from '../errors.ts';
import { tlsFailure } from '../tls/tls-failure.ts';

/** What the error of a socket to a backend means. `connected`: TCP and TLS were up. */
export function connectFailure(error: NodeJS.ErrnoException, connected: boolean): ProxyError {
  const code = error.code ?? '';
  if (connected && !isRefusal(code))
    return new ProxyError('RESET', `connection reset by the backend${code ? ` (${code})` : ''}`, { cause: error });
  if (code === 'ECONNREFUSED') return new ProxyError('CONNECT_REFUSED', 'connection refused', { cause: error });
  // A name server may also refuse to answer, or answer what nobody can use (EAI_FAIL and others).
  if (code === 'ENOTFOUND' || code.startsWith('EAI_') || error.syscall === 'getaddrinfo')
    return new ProxyError('DNS_FAILED', `the name cannot be resolved (${code})`, { cause: error });
  const failure = tlsFailure(error);
  if (failure !== null) return new ProxyError('TLS_FAILED', failure, { cause: error });
  return new ProxyError('CONNECT_FAILED', `cannot connect (${code || error.message})`, { cause: error });
}

/** With TLS 1.3 a backend may refuse the client's certificate after the client's side of the handshake is done. */
function isRefusal(code: string): boolean {
  return code.startsWith('ERR_SSL_') && code.includes('_ALERT_');
}
