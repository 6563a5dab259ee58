/** Why what runs is not what is written, told to people and to programs. */
import type { ConfigProblem } from '../../contract/state.ts';

export type SharedProblem = Exclude<ConfigProblem, { kind: 'config' }>;

/** `fileProblem`: why the document does not run; null: it does. */
export function configProblems(
  fileProblem: string | null,
  shared: { problems(): readonly SharedProblem[] },
): ConfigProblem[] {
  return [...(fileProblem === null ? [] : [{ kind: 'config' as const, reason: fileProblem }]), ...shared.problems()];
}

/** null: there is none. */
export function tellProblems(problems: readonly ConfigProblem[]): string | null {
  const told = problems.map((problem) => (problem.kind === 'config' ? problem.reason : tellProblem(problem)));
  return told.length > 0 ? told.join('; ') : null;
}

/** In a sentence. */
export function tellProblem({ source, kind, reason }: SharedProblem): string {
  switch (kind) {
    case 'unreachable':
      return `${source}: ${reason}; its last good copy runs, and it is tried again`;
    case 'gone':
      return `${source}: ${reason}; its last good copy stays`;
    case 'refused':
      return `${source}: a change was refused, what it said before stays: ${reason}`;
    case 'unkept':
      return `${source} runs, but no copy could be kept for when its database is away: ${reason}`;
  }
}
