/** Texts of a window without an engine. */
export const enConnection = {
  short: { connecting: 'Connecting…', lost: 'No engine', stopped: 'No engine', refused: 'Not let in' },
  lost: 'The engine is not reachable; trying again.',
  lostDesktop: 'The engine stopped. It is being restarted; what was recorded is kept.',
  lostTemporary:
    'The engine stopped. It is being restarted; what was recorded is gone, because it was kept only while the engine ran.',
  stopped: 'The engine has stopped and is not started again by itself. “Restart engine” in the File menu starts it.',
  because: (why: string) => `Reason: ${why}`,
  noToken: 'This page has no token, so that the engine does not let it in.',
  refused: 'This page’s token is no longer valid: the engine that runs here now has another.',
  whatToDo: 'Open the address that it printed when it started, or paste that address or its token:',
  given: 'Address or token',
  connect: 'Connect',
  refusedToo: 'That is not its token either.',
  lostTitle: 'The engine is not reachable',
  lostText: 'Nothing is sent or recorded until it runs again. This page then goes on by itself.',
  lostElsewhere: 'If it runs again at another address or with another token, open the address that it printed.',
  refusedTitle: 'The engine does not let this page in',
  refusedText: 'What it records is shown as soon as the page has its token.',
};
