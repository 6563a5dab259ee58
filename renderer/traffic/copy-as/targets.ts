/** What requests can be copied as. Ours write every request exactly; the library's write those without binary bodies. */
export const OWN_TARGETS = ['curl', 'fetch', 'python'] as const;
export const LIBRARY_TARGETS = [
  'wget',
  'httpie',
  'powershell',
  'axios',
  'go',
  'java',
  'ruby',
  'rust',
  'php',
  'swift',
  'c',
] as const;

export type LibraryTarget = (typeof LIBRARY_TARGETS)[number];
export type CopyTarget = (typeof OWN_TARGETS)[number] | LibraryTarget;

/** Names of programs and languages, the same in every language. */
export const TARGET_NAMES: Record<CopyTarget, string> = {
  curl: 'cURL',
  fetch: 'fetch',
  python: 'Python (requests)',
  wget: 'Wget',
  httpie: 'HTTPie',
  powershell: 'PowerShell',
  axios: 'Node (axios)',
  go: 'Go',
  java: 'Java',
  ruby: 'Ruby',
  rust: 'Rust (reqwest)',
  php: 'PHP (Guzzle)',
  swift: 'Swift',
  c: 'C (libcurl)',
};
