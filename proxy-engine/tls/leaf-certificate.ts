/** Leaf certificates of the local authority, one per exact host, made on demand and kept for the next handshake. */
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { webcrypto } from 'node:crypto';
import { PemConverter } from '@peculiar/x509';
import { LruMap } from './lru-map.ts';
import { exportPrivateKey, generateKeyPair, type Issuer, issueLeaf, type KeyPair } from './x509.ts';

const MAX_HOSTS = 1000;
/** A certificate this close to its end is made anew. */
const RENEW_BEFORE_MS = 24 * 60 * 60 * 1000;

export interface LeafOptions {
  /** Epoch milliseconds. */
  epoch?: () => number;
  /** Contexts kept, the least recently used ones leave first; 1000. */
  capacity?: number;
  /** Added to every context: client CAs, protocol versions. */
  context?: SecureContextOptions;
}

interface Leaf {
  context: SecureContext;
  renewAt: number;
}

/** Who asks for a host while its certificate is being made waits for that one. All leaves share one key, made at the first use. */
export class LeafCertificates {
  readonly #issuer: Issuer;
  readonly #epoch: () => number;
  readonly #extra: SecureContextOptions;
  readonly #leaves: LruMap<string, Promise<Leaf>>;
  #key: Promise<{ publicKey: webcrypto.CryptoKey; pem: string }> | null = null;

  constructor(issuer: Issuer, options: LeafOptions = {}) {
    this.#issuer = issuer;
    this.#epoch = options.epoch ?? Date.now;
    this.#extra = options.context ?? {};
    this.#leaves = new LruMap(options.capacity ?? MAX_HOSTS);
  }

  /** Hosts whose context is kept or being made. */
  get size(): number {
    return this.#leaves.size;
  }

  /** A context for a host as `certifiableHost` gives it. Further names stand in the same certificate, for the default one. */
  async contextFor(host: string, ...alsoFor: string[]): Promise<SecureContext> {
    const kept = await this.#leaves.get(host);
    if (kept && kept.renewAt > this.#epoch()) return kept.context;
    // Another caller may have begun to renew it while this one looked.
    const current = this.#leaves.get(host);
    const leaf = await (current && (await current) !== kept ? current : this.#make(host, alsoFor));
    return leaf.context;
  }

  #make(host: string, alsoFor: string[]): Promise<Leaf> {
    const leaf = this.#mint(host, alsoFor);
    this.#leaves.set(host, leaf);
    leaf.catch(() => this.#leaves.delete(host));
    return leaf;
  }

  async #mint(host: string, alsoFor: string[]): Promise<Leaf> {
    this.#key ??= makeKey();
    const { publicKey, pem } = await this.#key;
    const certificate = await issueLeaf(this.#issuer, publicKey, [host, ...alsoFor], this.#epoch());
    const context = createSecureContext({ ...this.#extra, cert: certificate.toString('pem'), key: pem });
    return { context, renewAt: certificate.notAfter.getTime() - RENEW_BEFORE_MS };
  }
}

async function makeKey(): Promise<{ publicKey: webcrypto.CryptoKey; pem: string }> {
  const pair: KeyPair = await generateKeyPair();
  const der = new Uint8Array(await exportPrivateKey(pair.privateKey));
  return { publicKey: pair.publicKey, pem: PemConverter.encode(der, 'PRIVATE KEY') };
}
