/** Which config the app was started with. No Electron in here: a pure function. */

const OPTION = '--config';

/** What `--config=FILE` or `--config FILE` names; null: neither is there. */
export function configArgument(args: readonly string[]): string | null {
  const at = args.findIndex((arg) => arg === OPTION || arg.startsWith(`${OPTION}=`));
  const value = args[at] === OPTION ? args[at + 1] : args[at]?.slice(OPTION.length + 1);
  return value || null;
}
