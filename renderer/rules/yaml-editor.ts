import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension, RangeSetBuilder, StateEffect, StateField, Transaction } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Lines to point at: the open rule, and where mistakes are. Lines count from 1. */
export interface LineMarks {
  rule: { from: number; to: number } | null;
  mistakes: readonly number[];
}

const setMarks = StateEffect.define<LineMarks>();

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, transaction) {
    const effect = transaction.effects.find((one) => one.is(setMarks));
    return effect ? decorationsOf(transaction.state, effect.value) : decorations.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorationsOf(state: EditorState, { rule, mistakes }: LineMarks): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const ofRule = rule ? Array.from({ length: rule.to - rule.from + 1 }, (_, index) => rule.from + index) : [];
  const [marked, wrong] = [new Set(ofRule), new Set(mistakes)];
  const numbers = [...new Set([...marked, ...wrong])].sort((a, b) => a - b);
  for (const number of numbers.filter((one) => one >= 1 && one <= state.doc.lines)) {
    const { from } = state.doc.line(number);
    if (marked.has(number)) builder.add(from, from, Decoration.line({ class: 'cm-rule' }));
    if (wrong.has(number)) builder.add(from, from, Decoration.line({ class: 'cm-mistake' }));
  }
  return builder.finish();
}

const colors = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.string, tags.content], color: 'var(--text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--faint)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--faint)' },
]);

interface YamlEditorOptions {
  parent: HTMLElement;
  text: string;
  label: string;
  /** For screen readers: Tab indents, so that another key leads out. */
  description: string;
  onText: (text: string) => void;
  /** Ctrl/⌘ Enter. */
  onApply: () => void;
}

/** A CodeMirror editor of the config document. */
export function createYamlEditor({ parent, text, label, description, onText, onApply }: YamlEditorOptions): EditorView {
  const extensions: Extension[] = [
    lineNumbers(),
    history(),
    bracketMatching(),
    highlightActiveLine(),
    indentUnit.of('  '),
    yaml(),
    syntaxHighlighting(colors),
    marks,
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-description': description, tabindex: '0' }),
    EditorView.updateListener.of((update) => update.docChanged && onText(update.state.doc.toString())),
    keymap.of([{ key: 'Mod-Enter', run: () => (onApply(), true) }, ...defaultKeymap, ...historyKeymap, indentWithTab]),
  ];
  return new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
}

export function markLines(view: EditorView, wanted: LineMarks): void {
  view.dispatch({ effects: setMarks.of(wanted) });
}

/** Replaces the text where it differs, so that the cursor stays; no step of the editor's own history. */
export function replaceText(view: EditorView, text: string): void {
  const current = view.state.doc.toString();
  if (current === text) return;
  const most = Math.min(current.length, text.length);
  let start = 0;
  while (start < most && current[start] === text[start]) start++;
  let end = 0;
  while (end < most - start && current.at(-1 - end) === text.at(-1 - end)) end++;
  view.dispatch({
    changes: { from: start, to: current.length - end, insert: text.slice(start, text.length - end) },
    annotations: Transaction.addToHistory.of(false),
  });
}

/** In the text; both from 1. */
export interface Place {
  line: number;
  column?: number | undefined;
}

/** Puts the line in sight, and the cursor to the column when `focus`. */
export function showPlace(view: EditorView, place: Place, focus: boolean): void {
  const line = view.state.doc.line(Math.min(Math.max(1, place.line), view.state.doc.lines));
  const at = Math.min(line.to, line.from + (place.column ?? 1) - 1);
  view.dispatch({
    effects: EditorView.scrollIntoView(line.from, { y: 'nearest', yMargin: 60 }),
    selection: focus ? { anchor: at } : undefined,
  });
  if (focus) view.focus();
}
