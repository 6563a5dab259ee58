/** Where Switchyard keeps what outlives it, as the desktop app and the command line both see it. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { productName } from './product.ts';

/**
 * Of the local authority. Without `--data` it is that of the desktop app: what clients trust is made once, and trusted once.
 * Absolute: variables that name the certificate are used in other directories.
 */
export function authorityDirectory(dataDir: string | undefined): string {
  return resolve(dataDir ?? defaultDataDirectory(process.platform, process.env), 'authority');
}

/** Of saved recordings. Without `--data` they are those of the desktop app: what is saved is there the next time. */
export function recordingsDirectory(dataDir: string | undefined): string {
  return join(dataDir ?? defaultDataDirectory(process.platform, process.env), 'recordings');
}

/** Of the last good copies of shared rule sets. */
export function sharedDirectory(dataDir: string | undefined): string {
  return join(dataDir ?? defaultDataDirectory(process.platform, process.env), 'shared');
}

/** Of descriptor sets of protobuf. */
export function descriptorsDirectory(dataDir: string | undefined): string {
  return join(dataDir ?? defaultDataDirectory(process.platform, process.env), 'descriptors');
}

/** Of the reports of drills, and of what has to be mended when one was killed. */
export function drillsDirectory(dataDir: string | undefined): string {
  return join(dataDir ?? defaultDataDirectory(process.platform, process.env), 'drills');
}

/** `data` in what Electron calls userData. Throws `NoHome`. */
export function defaultDataDirectory(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string {
  switch (platform) {
    case 'darwin':
      return join(home(), 'Library', 'Application Support', productName, 'data');
    case 'win32':
      return join(environment.APPDATA ?? join(home(), 'AppData', 'Roaming'), productName, 'data');
    default:
      return join(environment.XDG_CONFIG_HOME || join(home(), '.config'), productName, 'data');
  }
}

/** Of a user that the system does not know, as in a container, and without HOME. */
export class NoHome extends Error {
  constructor(options?: { cause?: unknown }) {
    super('this user has no home directory, and HOME is not set; say with --data DIR where state lives', options);
  }
}

function home(): string {
  let directory = '';
  try {
    directory = homedir();
  } catch (cause) {
    throw new NoHome({ cause });
  }
  if (directory === '') throw new NoHome();
  return directory;
}
