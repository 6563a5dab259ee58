import type { EditorView } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ConfigIssue } from '../../proxy-engine/contract/config-issue.ts';
import { plainLineEnds } from '../../proxy-engine/contract/line-ends.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { showToast } from '../ui/toast.tsx';
import { Told } from '../ui/told.tsx';
import { type EntryList, entryNamed, entryRange } from './document.ts';
import { sourceLabel } from './source-label.ts';
import { useShownDocument } from './use-shown-document.ts';
import { createYamlEditor, markLines, type Place, replaceText, showPlace } from './yaml-editor.ts';

/** One document of the config, whole. It is applied when asked, whole or not at all, with what others changed in it meanwhile. */
export function YamlPane() {
  const { rules: texts } = useMessages();
  const document = useShownDocument();
  const { source, draft, dirty, stale } = document;
  const [issues, setIssues] = useState<readonly ConfigIssue[]>([]);
  const [conflict, setConflict] = useState(false);
  const { host, show } = useYamlEditor({
    source,
    draft: plainLineEnds(draft),
    issues,
    onText: document.type,
    onApply: () => void apply(),
  });

  function settle(issues: readonly ConfigIssue[], isConflict = false): void {
    setIssues(issues);
    setConflict(isConflict);
  }

  async function apply(options?: { overwrite: boolean }): Promise<void> {
    const outcome = await document.apply(options);
    if (outcome.ok) {
      settle([]);
      return showToast('info', texts.applied);
    }
    if (outcome.conflict) return settle([], true);
    settle(outcome.issues.length > 0 ? outcome.issues : [{ path: '', message: outcome.message }]);
  }

  function revert(): void {
    document.revert();
    settle([]);
  }

  return (
    <section className="pane pane-panel" aria-label={texts.document}>
      <header className="pane-head">
        <span className="pane-title">{texts.yaml}</span>
        <SourceChoice source={source} onSource={document.show} />
        {dirty ? <span className="muted truncate">{texts.unsaved}</span> : null}
        <span className="pane-space" />
        <Button size="small" disabled={!dirty} onClick={revert}>
          {texts.revert}
        </Button>
        <Button size="small" tone="primary" disabled={!dirty} onClick={() => void apply()}>
          {texts.apply}
        </Button>
      </header>
      {dirty && conflict ? (
        <div className="pane-note" role="alert">
          {texts.documentConflict}{' '}
          <Button size="small" onClick={() => void apply({ overwrite: true })}>
            {texts.overwrite}
          </Button>
        </div>
      ) : dirty && stale ? (
        <div className="pane-note">{texts.documentChanged}</div>
      ) : null}
      <div ref={host} className="editor" />
      <Issues issues={issues} onShow={show} />
    </section>
  );
}

/** Which document is shown, where there are several. */
function SourceChoice({ source, onSource }: { source: string; onSource: (source: string) => void }) {
  const app = useApp();
  const { origin } = useMessages();
  const sources = useStore(app.config.store, (state) => state.sources);
  if (sources.length < 2) return null;
  return (
    <select
      className="input select-native pane-source"
      aria-label={origin.document}
      title={source}
      value={source}
      onChange={(event) => onSource(event.target.value)}
    >
      {sources.map(({ name }, index) => (
        <option key={name} value={name}>
          {sourceLabel(name).short || origin.own}
          {index === 0 && name !== '' ? ` (${origin.own})` : ''}
        </option>
      ))}
    </select>
  );
}

type Range = NonNullable<ReturnType<typeof entryRange>>;

interface EditorHook {
  source: string;
  draft: string;
  issues: readonly ConfigIssue[];
  onText: (text: string) => void;
  onApply: () => void;
}

/** The editor's life in the element `host`: its text, the open rule and the mistakes follow what is given. */
function useYamlEditor({ source, draft, issues, onText, onApply }: EditorHook) {
  const { rules: texts } = useMessages();
  const list = useUi((state) => (state.openRoute === null ? 'rules' : 'routes'));
  const open = useWrittenName(list);
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const initial = useEffectEvent(() => draft);
  const changed = useEffectEvent(onText);
  const asked = useEffectEvent(onApply);

  useEffect(() => {
    if (!host.current) return;
    const view = createYamlEditor({
      parent: host.current,
      text: initial(),
      label: texts.document,
      description: texts.leaveDocument,
      onText: (text) => changed(text),
      onApply: () => asked(),
    });
    editor.current = view;
    return () => view.destroy();
    // Another document is another editor: its history is not that of this one.
  }, [texts.document, texts.leaveDocument, source]);

  useEffect(() => {
    const view = editor.current;
    if (!view) return;
    replaceText(view, draft);
    point(view, open === null ? null : entryRange(draft, list, open), issues);
  }, [list, open, source, draft, issues]);

  return { host, show: (place: Place) => editor.current && showPlace(editor.current, place, true) };
}

/** The name of what is open, as its document has it. */
function useWrittenName(list: EntryList): string | null {
  const app = useApp();
  const open = useUi((state) => state.openRoute ?? state.openRule);
  return useStore(app.config.store, ({ entries }) => entryNamed(entries[list], open)?.raw.name ?? open);
}

function point(view: EditorView, range: Range | null, issues: readonly ConfigIssue[]): void {
  const { doc } = view.state;
  const last = range ? doc.lineAt(Math.min(Math.max(range.from, range.to - 1), doc.length)).number : 0;
  const rule = range ? { from: doc.lineAt(Math.min(range.from, doc.length)).number, to: last } : null;
  markLines(view, { rule, mistakes: issues.flatMap((issue) => issue.line ?? []) });
  const line = issues.find((issue) => issue.line !== undefined)?.line ?? rule?.from;
  if (line !== undefined && !view.hasFocus) showPlace(view, { line }, false);
}

function Issues({ issues, onShow }: { issues: readonly ConfigIssue[]; onShow: (place: Place) => void }) {
  const { rules: texts } = useMessages();
  if (issues.length === 0) return null;
  return (
    <div className="issues" role="alert">
      {issues.map((issue, index) => (
        <button
          key={index}
          type="button"
          className="issue"
          onClick={() => issue.line !== undefined && onShow({ line: issue.line, column: issue.column })}
        >
          {issue.line === undefined ? null : (
            <span className="issue-place">{texts.issueAt(issue.line, issue.column ?? 1)} · </span>
          )}
          {issue.path ? <span className="mono">{issue.path}: </span> : null}
          <Told>{issue.message}</Told>
        </button>
      ))}
    </div>
  );
}
