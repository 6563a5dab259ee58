import { useEffect, useState } from 'react';
import type { ConfigIssue } from '../../proxy-engine/contract/config-issue.ts';
import { useApp, useEngine } from '../app-context.tsx';
import { usePreview } from '../transfer/use-preview.ts';
import type { DrillDraft } from './drill-draft.ts';

const NONE: readonly ConfigIssue[] = [];

/** What the engine finds wrong with the drill, asked again whenever it, or the config, changes. */
export function useIssues(draft: DrillDraft): readonly ConfigIssue[] {
  const app = useApp();
  const revision = useEngine((view) => view.state?.revision);
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    // Its writer is not there while the engine is away: asked again with the next revision.
    app.drills.textOf(draft).then(
      (next) => (isCurrent ? setText(next) : undefined),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [app, draft, revision]);
  const { result } = usePreview(app.drills.check, text === null ? null : { text, revision });
  return result?.issues ?? NONE;
}

/** The first mistake at that path of the document, or inside it. */
export function issueAt(issues: readonly ConfigIssue[], path: string): string | undefined {
  return issues.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))?.message;
}
