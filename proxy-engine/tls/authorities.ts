import { X509Certificate } from 'node:crypto';

/**
 * A file of authorities that are trusted, as it is. Throws when there is no certificate in it: node:tls would take it, and then
 * trust nobody without a word.
 */
export function authorities(pem: Buffer): Buffer {
  if (!pem.includes('-----BEGIN ')) throw new Error('there is no certificate in it (PEM)');
  void new X509Certificate(pem);
  return pem;
}
