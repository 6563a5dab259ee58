/** Packs the built app with the project's own config and the Electron at hand, without a download. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Configuration } from 'electron-builder';
import { parse } from 'yaml';
import { testableApp } from './desktop.ts';
import { electronMajor, electronRuntime } from './electron-runtime.ts';

const root = join(import.meta.dirname, '../..');
/** The first Electron whose binary has the fuse `grantFileProtocolExtraPrivileges`. */
const FILE_FUSE_MAJOR = 29;

/** The archive that people get, in `.cache/packed`, as `electron-builder.yml` has it. */
export async function packApp(): Promise<string> {
  const runtime = electronRuntime();
  const output = join(root, '.cache/packed');
  rmSync(output, { recursive: true, force: true });
  const config = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as Configuration;
  if (electronMajor(runtime) < FILE_FUSE_MAJOR) delete config.electronFuses?.grantFileProtocolExtraPrivileges;
  // It would fetch one of its own from GitHub.
  process.env.ELECTRON_BUILDER_7ZIP_PATH ??= '/usr/bin/7za';
  await build({
    projectDir: testableApp(),
    linux: ['dir', 'tar.gz'],
    config: {
      ...config,
      compression: 'store',
      electronDist: runtime,
      electronVersion: readFileSync(join(runtime, 'version'), 'utf8').trim().replace(/^v/, ''),
      directories: { ...config.directories, output },
      // A directory given as electronDist is taken as it is, with what no app should contain.
      afterPack: async ({ appOutDir }) => {
        for (const file of ['resources/default_app.asar', 'version', '.complete'])
          rmSync(join(appOutDir, file), { force: true });
      },
    },
  });
  const archive = readdirSync(output).find((name) => name.endsWith('.tar.gz'));
  if (archive === undefined) throw new Error('no archive was made');
  return join(output, archive);
}

/** The fuses of Electron's binary in their order: `1` on, `0` off, `r` removed. They stand behind this mark, a version and a length. */
export function fusesOf(executable: string): string {
  const binary = readFileSync(executable);
  const mark = binary.indexOf('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
  if (mark < 0) throw new Error('the binary has no fuses');
  const length = binary.readUInt8(mark + 33);
  return binary.toString('latin1', mark + 34, mark + 34 + length);
}
