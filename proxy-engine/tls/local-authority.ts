import { type Authority, AuthorityError, openAuthority } from './authority.ts';

/** The authority of this installation, opened (or made) when something first needs it. */
export class LocalAuthority {
  readonly #directory: string | null;
  #authority: Promise<Authority> | null = null;

  /** null: there is no place for one. */
  constructor(directory: string | null) {
    this.#directory = directory;
  }

  /** Rejects with `AuthorityError`; the next call tries again. */
  get(): Promise<Authority> {
    this.#authority ??= this.#open();
    return this.#authority;
  }

  async #open(): Promise<Authority> {
    try {
      if (this.#directory === null)
        throw new AuthorityError('authority', 'there is no directory for one; give --data DIR');
      return await openAuthority(this.#directory);
    } catch (error) {
      this.#authority = null;
      throw error;
    }
  }
}
