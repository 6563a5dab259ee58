import { SendHorizontal, SquareTerminal } from 'lucide-react';
import { type ClipboardEvent, type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { displayKeys } from '../commands/registry.ts';
import { exampleUrl } from '../first-run/first-curl.ts';
import { Button } from '../ui/button.tsx';
import { KeyHint } from '../ui/chip.tsx';
import { FieldError, Input } from '../ui/field.tsx';
import { BodyEditor } from './body-editor.tsx';
import { looksLikeCurl } from './curl/looks-like-curl.ts';
import { CurlDialog } from './curl-dialog.tsx';
import { DestinationChoice } from './destination-choice.tsx';
import { EMPTY_DRAFT } from './draft.ts';
import { draftMistakes } from './draft-mistakes.ts';
import { HeaderEditor } from './header-editor.tsx';
import { mistakeText } from './mistake-text.ts';
import { NumberField } from './number-field.tsx';
import { takeCurl } from './take-curl.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'QUERY'];

export function RequestEditor() {
  const app = useApp();
  const { compose } = useMessages();
  const [curlOpen, setCurlOpen] = useState(false);

  function submit(event: FormEvent): void {
    event.preventDefault();
    void app.compose.send();
  }

  /** Also out of the body, where Enter is a line. */
  function onKeyDown(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'preventDefault'>): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void app.compose.send();
  }
  useKeyOfPage(onKeyDown);

  return (
    <>
      <header className="pane-head">
        <h2 className="pane-title">{compose.request}</h2>
        <Button size="small" className="pane-head-end" onClick={() => setCurlOpen(true)}>
          <SquareTerminal size={13} aria-hidden />
          {compose.fromCurl}
        </Button>
      </header>
      <form className="pane-scroll compose-form" onSubmit={submit} onKeyDown={onKeyDown}>
        <RequestLine />
        <SendOptions />
        <HeaderEditor />
        <BodyEditor />
      </form>
      {curlOpen ? <CurlDialog onClose={() => setCurlOpen(false)} /> : null}
    </>
  );
}

/** A key that is pressed where nothing has the focus. */
function useKeyOfPage(onKeyDown: (event: globalThis.KeyboardEvent) => void): void {
  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent) => (event.target === document.body ? onKeyDown(event) : undefined);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [onKeyDown]);
}

function RequestLine() {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  const toEdit = useStore(app.compose.store, (state) => state.toEdit);
  useEffect(() => {
    if (!toEdit) return;
    input.current?.focus();
    app.compose.store.setState({ toEdit: false });
  }, [app, toEdit]);
  const { compose } = useMessages();
  const draft = useStore(app.compose.store, (state) => state.draft);
  const wasRefused = useStore(app.compose.store, (state) => state.wasRefused);
  const { method, url } = draft;
  const { url: inUrl, ...others } = draftMistakes(draft);
  // Nobody has to be told that an editor that was just opened has no URL.
  const mistakes = inUrl && (inUrl.kind !== 'no url' || wasRefused) ? { ...others, url: inUrl } : others;
  const mistake = mistakes.method ?? ('url' in mistakes ? mistakes.url : undefined);
  const noteId = useId();
  const example = useEngine((view) => view.state && exampleUrl(view.state));
  const listId = useId();
  const isUntouched = useStore(app.compose.store, (state) => state.draft === EMPTY_DRAFT);
  useEffect(() => {
    if (isUntouched && example !== null) app.compose.setDraft({ url: example });
  }, [app, isUntouched, example]);

  function onPaste(event: ClipboardEvent): void {
    const text = event.clipboardData.getData('text/plain');
    if (!looksLikeCurl(text)) return;
    event.preventDefault();
    void takeCurl(app, text);
  }

  return (
    <>
      <div className="compose-line">
        <Input
          mono
          aria-label={compose.method}
          list={listId}
          value={method}
          invalid={mistakes.method !== undefined}
          aria-describedby={mistake ? noteId : undefined}
          onChange={(event) => app.compose.setDraft({ method: event.target.value.toUpperCase() })}
        />
        <datalist id={listId}>
          {METHODS.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Input
          mono
          ref={input}
          aria-label={compose.url}
          placeholder={compose.urlHint}
          title={compose.urlHint}
          value={url}
          invalid={'url' in mistakes}
          aria-describedby={mistake ? noteId : undefined}
          onPaste={onPaste}
          onChange={(event) => app.compose.setDraft({ url: event.target.value })}
        />
        <Button type="submit" tone="primary">
          <SendHorizontal size={13} aria-hidden />
          {compose.send} <KeyHint keys={displayKeys('$mod+Enter', app.mac)} />
        </Button>
      </div>
      {mistake ? (
        <div id={noteId} className="compose-mistake">
          <FieldError>{mistakeText(mistake, compose)}</FieldError>
        </div>
      ) : null}
    </>
  );
}

function SendOptions() {
  const app = useApp();
  const { compose } = useMessages();
  const draft = useStore(app.compose.store, (state) => state.draft);
  const { times, concurrency } = draftMistakes(draft);
  return (
    <div className="compose-options">
      <DestinationChoice />
      <NumberField
        label={compose.times}
        text={draft.times}
        mistake={times}
        onText={(next) => app.compose.setDraft({ times: next })}
      />
      <NumberField
        label={compose.concurrency}
        text={draft.concurrency}
        mistake={concurrency}
        onText={(next) => app.compose.setDraft({ concurrency: next })}
      />
    </div>
  );
}
