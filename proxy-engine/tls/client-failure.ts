/** What a failed handshake with a client means, in words that name what to do. */

const UNTRUSTED = 'the client does not trust the certificate; have it trust the local authority (`switchyard ca`)';
const UNKNOWN_AUTHORITY = 'the client’s certificate is not of an authority in tls.client.ca';

const REASONS: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: UNTRUSTED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: UNTRUSTED,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: UNTRUSTED,
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: UNTRUSTED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the client says that the certificate has expired; compare the clocks',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'the client showed no certificate, and tls.client.mode is require',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: 'the client’s certificate has expired',
  CERT_NOT_YET_VALID: 'the client’s certificate is not valid yet; compare the clocks',
  INVALID_PURPOSE: 'the client’s certificate is not for clients (extended key usage)',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the client only speaks TLS versions before 1.2',
  ERR_SSL_NO_SHARED_CIPHER: 'there is no cipher that both sides know',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'the client speaks none of the listener’s protocols (ALPN)',
  ERR_SSL_NO_APPLICATION_PROTOCOL: 'the client speaks none of the listener’s protocols (ALPN)',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'the handshake was not done within 10 s',
  ECONNRESET: 'the client closed the connection during the handshake; it may not trust the certificate',
};

/** `TLS with the client failed: …` */
export function clientTlsFailure({ code = '', message }: Error & { code?: string }): string {
  const reason = REASONS[code];
  return `TLS with the client failed: ${reason === undefined ? `${message} (${code})` : `${reason} (${code})`}`;
}

/** Whether the client looked at the certificate and did not want it. */
export function refusedCertificate({ code = '' }: { code?: string }): boolean {
  return REASONS[code] === UNTRUSTED;
}
