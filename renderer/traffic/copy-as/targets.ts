/** What requests can be copied as. Ours write every request as exactly as the program can send it; the library's write those without binary bodies. */
export const OWN_TARGETS = ['curl', 'fetch', 'python', 'ruby', 'c'] as const;
export const LIBRARY_TARGETS = ['wget', 'httpie', 'powershell', 'axios', 'go', 'java', 'rust', 'php', 'swift'] as const;

type OwnTarget = (typeof OWN_TARGETS)[number];
export type LibraryTarget = (typeof LIBRARY_TARGETS)[number];
export type CopyTarget = OwnTarget | LibraryTarget;

/** Names of programs and languages, the same in every language. */
export const TARGET_NAMES: Record<CopyTarget, string> = {
  curl: 'cURL',
  fetch: 'fetch',
  python: 'Python (requests)',
  ruby: 'Ruby',
  c: 'C (libcurl)',
  wget: 'Wget',
  httpie: 'HTTPie',
  powershell: 'PowerShell',
  axios: 'Node (axios)',
  go: 'Go',
  java: 'Java',
  rust: 'Rust (reqwest)',
  php: 'PHP (Guzzle)',
  swift: 'Swift',
};
