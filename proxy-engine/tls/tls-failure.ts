/** What a failed handshake with a backend means, in words that name what to do. */

const REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed; give it as tls.ca of its pool, or set tls.verify: false there',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate comes from an authority that is not trusted; give that authority as tls.ca of its pool',
  UNABLE_TO_GET_ISSUER_CERT: 'the authority of its certificate is unknown; give it as tls.ca of its pool',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of its certificate is unknown; give it as tls.ca of its pool',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'it sends no intermediate certificate and its authority is unknown; have it send the whole chain, or give the authority as tls.ca of its pool',
  CERT_SIGNATURE_FAILURE: 'the signature of its certificate is wrong',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; compare the clocks',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_REJECTED: 'its certificate was rejected',
  CERT_UNTRUSTED: 'its certificate is not trusted',
  INVALID_PURPOSE: 'its certificate is not for servers (extended key usage)',
  INVALID_CA: 'a certificate in its chain is no authority’s',
  PATH_LENGTH_EXCEEDED: 'its certificate chain is longer than an authority in it allows',
  CERT_CHAIN_TOO_LONG: 'its certificate chain is too long',
  EE_KEY_TOO_SMALL: 'the key of its certificate is too small',
  CA_KEY_TOO_SMALL: 'the key of its authority is too small',
  CA_MD_TOO_WEAK: 'its certificate is signed with a hash that is too weak',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on this port; use an http:// URL if it is meant to',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on this port; use an http:// URL if it is meant to',
  ERR_SSL_HTTP_REQUEST: 'it does not speak TLS on this port; use an http:// URL if it is meant to',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it only speaks a TLS version that is too old',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it refused the TLS version',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'it refused the handshake: no cipher in common, or it wants a client certificate (tls.cert, tls.key)',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a client certificate; give tls.cert and tls.key',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it does not accept the client certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it does not accept the client certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the client certificate has expired',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not know the authority of the client certificate',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'it does not let the client certificate in',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'it has no certificate for the name; set tls.serverName',
  ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME: 'it has no certificate for the name; set tls.serverName',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'it does not speak the protocol of the pool (ALPN)',
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: 'it failed with an internal error of its own',
};

/** `TLS failed: …` for an error of a TLS handshake; null when the error is none, such as a refused connection. */
export function tlsFailure(error: Error & { code?: string }): string | null {
  const code = error.code ?? '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `TLS failed: ${wrongName(error)}`;
  const reason = REASONS[code.replace('SSL/TLS_ALERT', 'SSLV3_ALERT')]; // as newer OpenSSL calls them
  if (reason !== undefined) return `TLS failed: ${reason} (${code})`;
  if (code === 'ECONNRESET' && error.message.includes('before secure TLS connection'))
    return 'TLS failed: it closed the connection during the handshake';
  return isTlsCode(code) ? `TLS failed: ${error.message.trim()} (${code})` : null;
}

function wrongName(error: Error & { host?: string; cert?: { subjectaltname?: string } }): string {
  const names = error.cert?.subjectaltname?.replaceAll(/DNS:|IP Address:/g, '') ?? '';
  const isFor = names === '' ? 'names no host' : `is for ${names.slice(0, 200)}`;
  return `its certificate ${isFor}, not for ${error.host ?? 'this name'}; set tls.serverName (ERR_TLS_CERT_ALTNAME_INVALID)`;
}

function isTlsCode(code: string): boolean {
  return /^(ERR_SSL_|ERR_TLS_|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED)/.test(code);
}
