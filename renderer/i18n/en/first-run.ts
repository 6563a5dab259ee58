/** Texts of the first run. */
export const enFirstRun = {
  title: 'Send a first request',
  text: 'Paste this in a terminal; the exchange shows up here at once.',
  noListeners: 'Make a first pool',
  noListenersText: 'Where do your backends listen? Switchyard makes a listener, a pool and a route for them.',
  urls: 'Backend URLs, one a line',
  picked: 'picked',
  address: 'Listen on',
  create: 'Create',
  demo: 'Show me a demo',
  demoHint: 'Three backends and some traffic. Your config file stays as it is until you change something.',
  copyCommand: 'Copy the command',
  urlsMissing: 'Give at least one URL such as http://127.0.0.1:3001',
};
