/**
 * The two kinds of certificate that Switchyard issues, as data in and DER out: the authority's own and a leaf for a host. Loaded when
 * one is issued or an authority read: what it needs would be a fifteenth of a start.
 */
import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { authorityExpiresAt, leafExpiresAt, validFrom } from './validity.ts';

/** RFC 5280 appendix A, ub-common-name. */
const MAX_COMMON_NAME = 64;

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const ECDSA_SHA256 = { name: 'ECDSA', hash: 'SHA-256' } as const;

export type KeyPair = webcrypto.CryptoKeyPair;

/** A new P-256 key pair: the only curve that every current client takes and that signs in about a millisecond. */
export function generateKeyPair(): Promise<KeyPair> {
  return webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
}

/** The private half as PKCS #8 PEM. */
export async function privateKeyPem({ privateKey }: KeyPair): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
}

/** Reads PEM; rejects when the key is not of P-256. */
export async function readIssuer(certificatePem: string, keyPem: string): Promise<Issuer> {
  const pkcs8 = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
  const privateKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, P256, false, ['sign']);
  return { certificate: new X509Certificate(certificatePem), privateKey };
}

/** A self-signed authority for ten years: may sign certificates and revocation lists, but no further authority (pathlen 0). */
export async function issueAuthority(keys: KeyPair, commonName: string, now: number): Promise<X509Certificate> {
  return X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }, { O: ['Switchyard'] }],
    serialNumber: randomSerial(),
    notBefore: new Date(validFrom(now)),
    notAfter: new Date(authorityExpiresAt(now)),
    signingAlgorithm: ECDSA_SHA256,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
}

export interface Issuer {
  certificate: X509Certificate;
  privateKey: webcrypto.CryptoKey;
}

/**
 * A server certificate for exactly these hosts (at least one; addresses become IP names), valid from two days ago for 364 days.
 * The first host is the common name; one that is too long leaves the subject empty, and then the names are critical (RFC 5280 §4.2.1.6).
 */
export async function issueLeaf(
  issuer: Issuer,
  publicKey: webcrypto.CryptoKey,
  hosts: readonly [string, ...string[]],
  now: number,
): Promise<X509Certificate> {
  const subject = subjectOf(hosts[0]);
  return X509CertificateGenerator.create({
    subject,
    issuer: issuer.certificate.subject,
    serialNumber: randomSerial(),
    notBefore: new Date(validFrom(now)),
    notAfter: new Date(leafExpiresAt(now)),
    signingAlgorithm: ECDSA_SHA256,
    publicKey,
    signingKey: issuer.privateKey,
    extensions: [
      new SubjectAlternativeNameExtension(hosts.map(generalName), subject.length === 0),
      new BasicConstraintsExtension(false, undefined, false),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(await issuer.certificate.publicKey.export()),
    ],
  });
}

function subjectOf(host: string): JsonName {
  return host.length <= MAX_COMMON_NAME ? [{ CN: [host] }] : [];
}

function generalName(host: string): { type: 'dns' | 'ip'; value: string } {
  return { type: isIP(host) === 0 ? 'dns' : 'ip', value: host };
}

/** 16 random bytes as a positive number: an issuer never uses one twice, which Firefox would refuse. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
