/** Texts of the forms of the settings page. */
export const enSettingsForms = {
  listenerForm: {
    add: 'Add a listener',
    edit: (name: string) => `Edit ${name}`,
    editShort: 'Edit',
    remove: 'Delete listener',
    cancel: 'Cancel',
    name: 'Name',
    nameMissing: 'A listener needs a name',
    nameTaken: 'Another listener has this name',
    address: 'Address',
    mode: 'Mode',
    reverse: 'Reverse',
    reverseHint: 'Routes decide where a request goes',
    forward: 'Forward',
    forwardHint: 'An explicit proxy for browsers and programs: HTTP, CONNECT and SOCKS5 on one port',
    intercept: 'Open TLS of',
    interceptHint:
      'A condition, such as host = api.example.test. Hosts for which it does not hold are tunnelled unseen.',
    localTls: 'TLS, with certificates of the local authority',
    remote: 'May be reached from other machines',
  },
  captureForm: {
    revert: 'Revert',
    field: {
      exchanges: 'Exchanges kept',
      disk: 'Disk used at most',
      age: 'Kept for',
      bodies: 'Kept of each body',
      redact: 'Redacted on export',
    },
    hint: {
      exchanges: 'The oldest go first.',
      disk: 'The oldest go first.',
      age: 'A duration such as 12h; empty: as long as there is room.',
      bodies: 'Longer ones pass whole; their rest is not shown.',
      redact: 'Header names. Their values leave with no HAR, copied command or saved recording.',
    },
  },
};
