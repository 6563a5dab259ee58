import type { HeadStep } from '../../../proxy-engine/contract/head-step.ts';

export interface StepGroup {
  rule: string | undefined;
  phase: HeadStep['phase'];
  steps: HeadStep[];
}

/** Steps of one rule in one phase that follow each other stand together. */
export function stepGroups(steps: readonly HeadStep[]): StepGroup[] {
  const groups: StepGroup[] = [];
  for (const step of steps) {
    const { rule, phase } = step;
    const last = groups.at(-1);
    if (last && last.rule === rule && last.phase === phase) last.steps.push(step);
    else groups.push({ rule, phase, steps: [step] });
  }
  return groups;
}
