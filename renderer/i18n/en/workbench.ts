import { formatCount } from '../../format/quantities.ts';
import { plural } from './plural.ts';

/** Texts of what is done with recorded exchanges. */
export const enWorkbench = {
  marks: {
    title: (count: number) => (count === 1 ? 'Mark this exchange' : `Mark ${formatCount(count)} exchanges`),
    edit: 'Colour, note, pin',
    note: 'Note',
    color: 'Colour',
    noColor: 'None',
    colors: { red: 'Red', amber: 'Amber', green: 'Green', blue: 'Blue', purple: 'Purple', gray: 'Gray' },
    pinned: 'Pinned: newer exchanges do not push it out',
  },
  selection: {
    label: 'What is chosen',
    count: (count: number, isFull: boolean) => `${formatCount(count)} chosen${isFull ? ', not more at once' : ''}`,
    mark: 'Mark…',
    compare: 'Compare',
    compareNeeds: 'Choose two exchanges to compare them',
    clear: 'Choose only one',
  },
  copyAs: {
    menu: 'Copy as',
    copied: (count: number, target: string) =>
      count === 1 ? `Copied as ${target}` : `${formatCount(count)} requests copied as ${target}`,
    leftOut: {
      'not kept': 'A body is not in the copy: not all of it was kept.',
      'too long': 'A body is not in the copy: it is longer than 1 MiB.',
      'not sent by it': 'A body is not in the copy: this form cannot send it.',
    },
    onlyFirst: (count: number) => `Only the first ${count} were copied.`,
  },
  compare: {
    title: (a: number, b: number) => `Compare #${a} and #${b}`,
    label: 'Differences',
    facts: 'Both exchanges',
    requestHead: 'Request head',
    requestBody: 'Request body',
    responseHead: 'Response head',
    responseBody: 'Response body',
    same: 'the same',
    sameBytes: (size: string) => `The same ${size}.`,
    binaryDiffers: (a: string, b: string) => `These are not text and differ: ${a} and ${b}.`,
    partial: (size: string) => `Compared as far as it was kept, at most the first ${size}.`,
    equalLines: (count: number) => plural(count, 'equal line', 'equal lines'),
    moreLines: (count: number) => `and ${plural(count, 'more line', 'more lines')}`,
  },
};
