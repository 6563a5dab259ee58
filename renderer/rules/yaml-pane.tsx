import type { EditorView } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ConfigIssue } from '../../proxy-engine/contract/config-issue.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { showToast } from '../ui/toast.tsx';
import { type EntryList, entriesOf, entryRange } from './document.ts';
import { createYamlEditor, markLines, replaceText, showLine } from './yaml-editor.ts';

/** The whole document. It is applied when asked, whole or not at all. */
export function YamlPane() {
  const app = useApp();
  const { rules: texts } = useMessages();
  const text = useStore(app.config.store, (state) => state.text);
  // `base` is the document that the draft began with.
  const [{ draft, base }, setEdited] = useState({ draft: text, base: text });
  const [issues, setIssues] = useState<readonly ConfigIssue[]>([]);
  const dirty = draft !== base;
  if (!dirty && text !== base) setEdited({ draft: text, base: text });

  async function apply(): Promise<void> {
    const outcome = await app.config.apply(draft);
    if (!outcome.ok)
      return setIssues(outcome.issues.length > 0 ? outcome.issues : [{ path: '', message: outcome.message }]);
    setIssues([]);
    setEdited((now) => ({ ...now, base: draft }));
    showToast('info', texts.applied);
  }

  function revert(): void {
    setEdited({ draft: text, base: text });
    setIssues([]);
  }

  const { host, show } = useYamlEditor({
    draft,
    issues,
    onText: (next) => setEdited((now) => ({ ...now, draft: next })),
    onApply: () => void apply(),
  });
  return (
    <section className="pane pane-panel" aria-label={texts.document}>
      <header className="pane-head">
        <span className="pane-title">{texts.yaml}</span>
        {dirty ? <span className="muted truncate">{texts.unsaved}</span> : null}
        <span className="pane-space" />
        <Button size="small" disabled={!dirty} onClick={revert}>
          {texts.revert}
        </Button>
        <Button size="small" tone="primary" disabled={!dirty} onClick={() => void apply()}>
          {texts.apply}
        </Button>
      </header>
      {dirty && base !== text ? <div className="pane-note">{texts.documentChanged}</div> : null}
      <div ref={host} className="editor" />
      <Issues issues={issues} onShow={show} />
    </section>
  );
}

type Range = NonNullable<ReturnType<typeof entryRange>>;

interface EditorHook {
  draft: string;
  issues: readonly ConfigIssue[];
  onText: (text: string) => void;
  onApply: () => void;
}

/** The editor's life in the element `host`: its text, the open rule and the mistakes follow what is given. */
function useYamlEditor({ draft, issues, onText, onApply }: EditorHook) {
  const { rules: texts } = useMessages();
  const open = useUi((state) => state.openRoute ?? state.openRule);
  const list = useUi((state) => (state.openRoute === null ? 'rules' : 'routes'));
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
      onText: (text) => changed(text),
      onApply: () => asked(),
    });
    editor.current = view;
    return () => view.destroy();
  }, [texts.document]);

  useEffect(() => {
    const view = editor.current;
    if (!view) return;
    replaceText(view, draft);
    point(view, entryOf(draft, list, open), issues);
  }, [list, open, draft, issues]);

  return { host, show: (line: number) => editor.current && showLine(editor.current, line, true) };
}

/** Where the open route or rule stands in the text. */
function entryOf(text: string, list: EntryList, open: string | null): Range | null {
  const index = open === null ? -1 : entriesOf(text)[list].findIndex(({ name }) => name === open);
  return index < 0 ? null : entryRange(text, list, index);
}

function point(view: EditorView, range: Range | null, issues: readonly ConfigIssue[]): void {
  const { doc } = view.state;
  const last = range ? doc.lineAt(Math.min(Math.max(range.from, range.to - 1), doc.length)).number : 0;
  const rule = range ? { from: doc.lineAt(Math.min(range.from, doc.length)).number, to: last } : null;
  markLines(view, { rule, mistakes: issues.flatMap((issue) => issue.line ?? []) });
  const shown = issues.find((issue) => issue.line !== undefined)?.line ?? rule?.from;
  if (shown !== undefined && !view.hasFocus) showLine(view, shown, false);
}

function Issues({ issues, onShow }: { issues: readonly ConfigIssue[]; onShow: (line: number) => void }) {
  const { rules: texts } = useMessages();
  if (issues.length === 0) return null;
  return (
    <div className="issues" role="alert">
      {issues.map((issue, index) => (
        <button
          key={index}
          type="button"
          className="issue"
          onClick={() => issue.line !== undefined && onShow(issue.line)}
        >
          {issue.line === undefined ? null : (
            <span className="issue-place">{texts.issueAt(issue.line, issue.column ?? 1)} · </span>
          )}
          {issue.path ? <span className="mono">{issue.path}: </span> : null}
          {issue.message}
        </button>
      ))}
    </div>
  );
}
