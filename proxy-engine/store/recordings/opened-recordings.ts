/** Saved recordings that are open: those that somebody reads, and beside them the ones that were read last. */
import type { RecordedExchanges } from '../recorded-exchanges.ts';
import type { OpenRecording } from './recording-folder.ts';

/** How many are kept open, beside each other. */
const MAX_OPEN = 4;

interface Opening {
  recording: string;
  opened: Promise<OpenRecording>;
  readers: number;
  isClosed: boolean;
}

/** What somebody reads: it stays open until `release`, or until it is deleted. */
export interface Held {
  exchanges: Promise<RecordedExchanges>;
  readonly isClosed: boolean;
  release(): void;
}

export class OpenedRecordings {
  readonly #openFolder: (recording: string) => Promise<OpenRecording>;
  /** Those that were read last come first. */
  #all: Opening[] = [];

  constructor(openFolder: (recording: string) => Promise<OpenRecording>) {
    this.#openFolder = openFolder;
  }

  hold(recording: string): Held {
    const opening = this.#all.find((known) => known.recording === recording) ?? this.#begin(recording);
    this.#all = [opening, ...this.#without(opening)];
    opening.readers++;
    this.#closeUnread();
    return {
      exchanges: opening.opened.then(({ exchanges }) => exchanges),
      get isClosed() {
        return opening.isClosed;
      },
      release: () => {
        opening.readers--;
        this.#closeUnread();
      },
    };
  }

  #begin(recording: string): Opening {
    const opening = { recording, opened: this.#openFolder(recording), readers: 0, isClosed: false };
    opening.opened.catch(() => {
      this.#all = this.#without(opening);
    });
    return opening;
  }

  #without(opening: Opening): Opening[] {
    return this.#all.filter((other) => other !== opening);
  }

  #closeUnread(): void {
    void this.#close(this.#all.slice(MAX_OPEN).filter(({ readers }) => readers === 0));
  }

  /** Whoever reads it finds it closed. */
  close(recording: string): Promise<void> {
    return this.#close(this.#all.filter((opening) => opening.recording === recording));
  }

  closeAll(): Promise<void> {
    return this.#close(this.#all);
  }

  /** Also those that are still being opened. */
  async #close(openings: readonly Opening[]): Promise<void> {
    this.#all = this.#all.filter((opening) => !openings.includes(opening));
    for (const opening of openings) opening.isClosed = true;
    for (const opening of await Promise.allSettled(openings.map(({ opened }) => opened)))
      if (opening.status === 'fulfilled') opening.value.close();
  }
}
