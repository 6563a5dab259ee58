/** Browsers that take their trust and their proxy on the command line: Chromium and what is made of it. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const ON_PATH = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'brave-browser',
];
const IN_APPLICATIONS = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'];
const IN_PROGRAM_FILES = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ['BraveSoftware', 'Brave-Browser', 'Application', 'brave.exe'],
];

export const NO_BROWSER =
  'no Chrome, Chromium, Edge or Brave was found; install one, or name its executable in SWITCHYARD_BROWSER';

/** The first that is installed; null: none. `SWITCHYARD_BROWSER` names another. */
export function findBrowser(
  platform: NodeJS.Platform = process.platform,
  environment: NodeJS.ProcessEnv = process.env,
  isExecutable: (file: string) => boolean = mayRun,
): string | null {
  const { SWITCHYARD_BROWSER: chosen } = environment;
  if (chosen) return isExecutable(chosen) ? chosen : null;
  return candidates(platform, environment).find(isExecutable) ?? null;
}

function candidates(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string[] {
  switch (platform) {
    case 'darwin':
      return IN_APPLICATIONS.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
    case 'win32': {
      const roots = [environment.PROGRAMFILES, environment['PROGRAMFILES(X86)'], environment.LOCALAPPDATA];
      return IN_PROGRAM_FILES.flatMap((parts) => roots.flatMap((root) => (root ? [join(root, ...parts)] : [])));
    }
    default: {
      const directories = (environment.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
      return ON_PATH.flatMap((name) => directories.map((directory) => join(directory, name)));
    }
  }
}

function mayRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
