/** Which config the app was started with. No Electron in here: pure functions. */

const OPTION = '--config';

/** What a start tells the app that runs already. */
export interface Start {
  /** Absolute; null: the app's own. */
  configFile: string | null;
  /** As they were given. */
  args: readonly string[];
}

/** What `--config=FILE` or `--config FILE` names, or else the YAML file that stands alone, as *Open with* of a desktop gives it; null: none is there. */
export function configArgument(args: readonly string[]): string | null {
  const at = args.findIndex((arg) => arg === OPTION || arg.startsWith(`${OPTION}=`));
  const value = args[at] === OPTION ? args[at + 1] : args[at]?.slice(OPTION.length + 1);
  return value || args.slice(1).find((arg) => /^[^-].*\.ya?ml$/i.test(arg)) || null;
}

/** The arguments of a start, for one in its place from another directory: the first config counts. */
export function argumentsOf({ configFile, args }: Start): string[] {
  return configFile === null ? [...args] : [`${OPTION}=${configFile}`, ...args];
}
