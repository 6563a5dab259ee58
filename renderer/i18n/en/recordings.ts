import { formatCount } from '../../format/quantities.ts';
import { plural } from './plural.ts';

/** Texts of saved recordings. */
export const enRecordings = {
  titles: { list: 'Saved recordings', save: 'Save what is recorded', compare: 'Compare recordings' },
  button: 'Recordings',
  name: 'Name',
  namePlaceholder: 'before the cache change',
  saveHint: 'Kept on this machine with all headers and bodies, until you delete it.',
  onlyFiltered: (total: number, filter: string) =>
    `Only the ${formatCount(total)} that the filter lets through: ${filter}`,
  willSave: (count: string) => `${count} exchanges`,
  saved: (name: string, count: number) => `“${name}” saved: ${plural(count, 'exchange', 'exchanges')}`,
  saveNow: 'Save what is recorded…',
  import: 'Open a file…',
  imported: (name: string, count: number, unreadable: string) =>
    `“${name}” added: ${plural(count, 'exchange', 'exchanges')}${unreadable === '' ? '' : `; ${unreadable} of the file could not be read`}`,
  emptyTitle: 'No saved recordings',
  emptyText: 'Save what is recorded to look at it later, to compare it with the next run, or to hand it to somebody.',
  unreadable: (folder: string, why: string) => `${folder} cannot be read: ${why}`,
  facts: (count: string, size: string, when: string) => `${count} exchanges · ${size} · ${when}`,
  filtered: 'filtered',
  redacted: 'redacted',
  open: 'Open',
  isOpen: 'Open now',
  more: (name: string) => `More for ${name}`,
  compare: 'Compare…',
  compareWithNow: 'Compare with what is recorded',
  rename: 'Rename',
  deleteForGood: 'Delete for good',
  export: 'Save as file, redacted',
  exportWhole: 'Save as file, with secrets',
  exportedRedacted: (headers: readonly string[]) =>
    headers.length === 0
      ? 'Saved as a file; there was nothing to redact'
      : `Saved as a file; redacted: ${headers.join(', ')}`,
  exportedWhole: 'Saved as a file. It may hold passwords and sessions.',
  now: 'what is recorded now',
  before: 'Before',
  after: 'After',
  became: 'became',
  back: 'All recordings',
  all: 'All requests',
  nothingToCompare: 'Nothing to compare',
  nothingToCompareText: 'Neither of the two has an exchange.',
  moreKinds: (count: number) =>
    `${plural(count, 'kind of request differs', 'kinds of requests differ')} less than these.`,
  column: { requests: 'Requests', count: 'How many', failed: 'Failed' },
  changes: { better: 'better', worse: 'worse' },
  openText: (count: string, when: string) => `a saved recording: ${count} exchanges, saved ${when}. It is only read.`,
  backToNow: 'Back to what is recorded now',
  readOnly: 'A saved recording is open and is only read. Go back to what is recorded now first.',
  notKept: (exchanges: number, bodies: number) =>
    [
      exchanges > 0 ? `${plural(exchanges, 'exchange was', 'exchanges were')} not kept` : '',
      bodies > 0 ? `bodies of ${plural(bodies, 'exchange', 'exchanges')} were not kept whole` : '',
    ]
      .filter(Boolean)
      .join('; '),
};
