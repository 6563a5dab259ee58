/** Texts about entries of included documents, and about what somebody else changed meanwhile. */
export const enOrigin = {
  shared: 'A shared rule set. What you save goes there, to everybody who uses it:',
  included: 'From an included file. What you save goes there:',
  anchor:
    'Parts of this come from an anchor in the YAML (& and *). What you change here is written into this entry alone.',
  givesAnchor: (names: readonly string[]) =>
    `Other parts of the document take from here (${names.map((name) => `&${name}`).join(', ')}): what you change here changes there, too.`,
  head: (count: number, name: string) => `${name}, included: ${count}`,
  newHere: (name: string) => `New rule in ${name}`,
  document: 'Document',
  own: 'own',
};

export const enConflict = {
  deletedMeanwhile: (name: string) => `${name} was deleted while you edited it. What you typed is kept:`,
  addAgain: 'Add it anew, at the end',
  giveUp: 'Give it up',
  changedMeanwhile: (what: string) => `${what} was changed by somebody else while you edited it.`,
  keys: {
    name: 'The name',
    address: 'The address',
    mode: 'The mode',
    intercept: 'Whose TLS is opened',
    tls: 'TLS',
    allowRemote: 'Whether other machines may reach it',
    exchanges: 'How many exchanges are kept',
    disk: 'How much of the disk is used',
    age: 'How long exchanges are kept',
    bodies: 'How much of a body is kept',
    redact: 'What is redacted',
    group: 'The group',
    match: 'The condition',
    limit: 'The rate limit',
    enabled: 'Whether it is enabled',
    request: 'What it does to the request',
    response: 'What it does to the response',
    listeners: 'The choice of listeners',
    mirror: 'The mirror',
    pool: 'The pool',
    split: 'The split',
    respond: 'The answer',
    redirect: 'The redirect',
  } as Record<string, string>,
  now: 'Now',
  yours: 'Yours',
  nothing: 'nothing',
  takeTheirs: 'Take what is there now',
  keepMine: 'Keep mine',
  choose: 'Choose first',
};

/** Texts of the throttle presets of one's own. */
export const enThrottleForm = {
  title: 'Throttle presets',
  none: 'Your own links are offered beside the usual ones, in the top bar and in the form of a rule. There is none yet.',
  name: 'Name',
  nameMissing: 'A preset needs a name.',
  valueMissing: 'A preset needs a bandwidth or a latency.',
  expected: (example: string) => `Expected something like ${example}.`,
  add: 'Add preset',
  remove: (name: string) => `Remove ${name}`,
};
