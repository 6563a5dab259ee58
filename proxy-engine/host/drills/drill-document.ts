/** From text to a drill that can be run, with every mistake and its place, as for the config. */
import type { ConfigIssue } from '../../contract/config-issue.ts';
import { type Drill, type DrillDocument, drillSchema } from '../../contract/drill.ts';
import type { EngineState } from '../../contract/state.ts';
import { type Aim, aimOf } from '../../drills/aim.ts';
import { unknownBackends } from '../../drills/timeline.ts';
import { compileExpression } from '../../match/compile.ts';
import { type Environment, substituteEnvironment, withoutValues } from '../config/environment.ts';
import type { Path } from '../config/path.ts';
import { type ConfigSource, issueAt, parseSource } from '../config/source.ts';
import { validate } from '../config/validate.ts';

export interface LoadedDrill {
  drill: Drill;
  /** As it was written, environment variables filled in where they cannot be secrets. */
  document: DrillDocument;
  source: ConfigSource;
}

export type DrillLoadResult = ({ ok: true } & LoadedDrill) | { ok: false; issues: ConfigIssue[] };

/** `file`: as it is told to people. */
export function loadDrill(text: string, file: string | undefined, environment: Environment): DrillLoadResult {
  const source = parseSource(text, file);
  const issues: ConfigIssue[] = [...source.issues];
  if (source.value === undefined) return { ok: false, issues };
  const value = substituteEnvironment(source, environment, issues);
  const result = validate(drillSchema, value);
  if (!result.ok)
    issues.push(...result.mistakes.map(({ path, message, place }) => issueAt(source, path, message, place)));
  else issues.push(...badExpressions(result.value).map(({ path, message }) => issueAt(source, path, message)));
  if (!result.ok || issues.length > 0) return { ok: false, issues: withoutValues(issues, [source], environment) };
  return { ok: true, drill: result.value, document: withoutSecrets(value as DrillDocument, source), source };
}

/** The document is shown, edited and kept; what it sends may be a key or a password. */
function withoutSecrets(document: DrillDocument, { value }: ConfigSource): DrillDocument {
  const { url, headers, body } = (value as DrillDocument).load;
  const written = Object.entries({ url, headers, body }).filter(([, each]) => each !== undefined);
  return { ...document, load: { ...document.load, ...Object.fromEntries(written) } };
}

interface Problem {
  path: Path;
  message: string;
}

/** How large a pattern is shows when the expression is compiled. */
function badExpressions({ expect }: Drill): Problem[] {
  return expect.flatMap(({ measure }, index) => {
    if (measure.kind !== 'count') return [];
    const compiled = compileExpression(measure.expression, 'exchange');
    return compiled.ok ? [] : compiled.issues.map(({ message }) => ({ path: ['expect', index], message }));
  });
}

/** All backends of the state: `api/a`. */
export function backendNames({ pools }: Pick<EngineState, 'pools'>): string[] {
  return pools.flatMap((pool) => pool.backends.map(({ name }) => `${pool.name}/${name}`));
}

/** What the drill names and the engine does not have; without issues, where its load goes. */
export function fitDrill(
  { drill, document, source }: LoadedDrill,
  state: EngineState,
): { issues: ConfigIssue[]; aim: Aim | null } {
  const aim = aimOf(drill.load, state.listeners);
  const problems: Problem[] = unknownBackends(drill, backendNames(state));
  if (typeof aim === 'string') problems.unshift({ path: ['load', 'url'], message: aim });
  const issues = problems.map(({ path, message }) => issueAt(source, path, message));
  if (typeof aim === 'string' || issues.length > 0) return { issues, aim: null };
  const before = aim.url.slice(0, aim.url.length - drill.load.url.length);
  return { issues, aim: { ...aim, url: before + (document.load.url ?? drill.load.url) } };
}
