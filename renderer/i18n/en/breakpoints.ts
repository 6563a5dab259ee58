import { plural } from './plural.ts';

/** Whole seconds, as people read them. */
function timeLeft(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Texts of held messages, and of what is made from an exchange. */
export const enBreakpoints = {
  breakpoints: {
    title: 'Breakpoints',
    queue: 'Held messages',
    held: (count: number) => `${plural(count, 'message', 'messages')} held`,
    awaiting: { request: 'Breaks on the next request:', response: 'Breaks on the next response:' },
    cancelNext: 'Wait no longer',
    continueAll: 'Continue all',
    show: 'Show',
    hide: 'Hide',
    asked: 'the next one',
    typed: 'edited',
    stays: (count: number) =>
      `${plural(count, 'message stays', 'messages stay')} held: something in what was typed cannot be sent`,
    lost: 'The message that you were editing is held no more: its client left, its time was over, or somebody let it go on. What you typed was not sent.',
    left: timeLeft,
    goesOnHint: 'Until it goes on by itself, unchanged',
    what: 'What to do',
    editRequest: 'Edit the request',
    editResponse: 'Edit the response',
    answer: 'Answer instead',
    continue: 'Continue',
    sendAnswer: 'Send the answer',
    abort: 'Abort',
    abortReset: 'Reset the connection',
    abortClose: 'Close the connection',
    method: 'Method',
    target: 'Path and query',
    status: 'Status',
    headers: 'Headers, one a line',
    body: 'Body',
    bodyHex: 'Body, its bytes in hexadecimal',
    mistake: {
      hex: 'Two hexadecimal digits a byte, such as 0a ff; spaces and line ends do not matter',
      status: 'A status is a whole number from 200 to 599',
    },
    loadFile: 'Load a file',
    saveFile: 'Save',
    takeBack: 'Take back',
    fileInstead: (name: string, size: string) => `${name} (${size}) goes in its place`,
    longFile: (name: string) => `${name} is longer than 10 MiB`,
    binaryBody: (size: string) => `Not text (${size}); it goes on as it is, or a file in its place.`,
    longBody: 'Longer than 10 MiB, or a stream; it goes on as it is.',
  },
  fromExchange: {
    menu: 'Make something of it',
    none: 'Choose an exchange first',
    noAnswer: 'It has no answer that a rule could give',
    bodyLeftOut: 'The body was not taken: it is not text, or was not kept whole',
    cookiesLeftOut:
      'Set-Cookie was not taken: cookies belong to whoever got them. An action of the rule can append them',
    tunnel:
      'Rules act on a tunnel as a whole. To change what passes through it, intercept its host: Settings, Listeners',
    scripts: 'Scripts',
    scriptTook: (ms: string) => `took ${ms}`,
    scriptQuiet: 'wrote nothing',
  },
};
