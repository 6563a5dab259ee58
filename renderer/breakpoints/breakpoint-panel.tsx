import './breakpoints.css';
import { ChevronDown, ChevronUp, Hand, Hourglass, X } from 'lucide-react';
import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { BreakpointState, HeldRow } from '../../proxy-engine/contract/breakpoint.ts';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { runCommand } from '../commands/run-commands.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { useNow } from '../ui/use-now.ts';
import { HeldEditor } from './held-editor.tsx';
import { heldKey } from './held-store.ts';

/** What waits for a person, above the dock on every page. It appears and grows by itself but never takes the focus. */
export function BreakpointPanel() {
  const { breakpoints: texts } = useMessages();
  const state = useEngine((view) => view.state?.breakpoints);
  const open = useUi((ui) => ui.heldOpen);
  const held = state?.held ?? [];
  const next = state?.next ?? null;
  const lost = useStore(useApp().breakpoints.lost);
  return (
    <div className="breakpoints">
      <div className="visually-hidden" role="status">
        {held.length > 0 ? texts.held(held.length) : ''}
      </div>
      {held.length > 0 || next || lost ? (
        <section aria-label={texts.title}>
          {held.length > 0 || next ? <PanelHead held={held} next={next} open={open} /> : null}
          {lost ? <LostNote /> : null}
          {open && held.length > 0 ? <Queue held={held} /> : null}
        </section>
      ) : null}
    </div>
  );
}

function PanelHead({ held, next, open }: { held: readonly HeldRow[]; next: BreakpointState['next']; open: boolean }) {
  const app = useApp();
  const { breakpoints: texts } = useMessages();
  const Icon = open ? ChevronDown : ChevronUp;
  return (
    <header className="breakpoints-head">
      {held.length > 0 ? (
        <>
          <Hand size={14} className="tone-warn" aria-hidden />
          <b>{texts.held(held.length)}</b>
          {open ? null : <span className="mono truncate muted">{summaryOf(held[0])}</span>}
        </>
      ) : null}
      {next ? <Awaited next={next} /> : null}
      <span className="breakpoints-space" />
      {held.length > 0 ? (
        <>
          <Button size="small" onClick={() => runCommand(app, 'breakpoints.continueAll')}>
            {texts.continueAll}
          </Button>
          <Button size="small" tone="quiet" aria-expanded={open} onClick={() => app.ui.setState({ heldOpen: !open })}>
            <Icon size={13} aria-hidden />
            {open ? texts.hide : texts.show}
          </Button>
        </>
      ) : null}
    </header>
  );
}

/** Has the focus of the field that is gone, until it is left: the rest of what is being typed is not for the keys of the window. */
function LostNote() {
  const app = useApp();
  const { breakpoints: texts } = useMessages();
  const focus = useCallback((note: HTMLElement | null) => note?.focus(), []);
  return (
    <p
      ref={focus}
      role="alert"
      tabIndex={-1}
      className="breakpoints-lost"
      data-takes-keys
      onBlur={() => app.breakpoints.forget()}
      onKeyDown={({ key }) => key === 'Escape' && app.breakpoints.forget()}
    >
      {texts.lost}
    </p>
  );
}

function Awaited({ next }: { next: NonNullable<BreakpointState['next']> }) {
  const app = useApp();
  const { breakpoints: texts } = useMessages();
  return (
    <span className="breakpoints-next">
      <Hourglass size={13} aria-hidden />
      <span>{texts.awaiting[next.phase]}</span>
      <span className="mono truncate" title={next.match}>
        {next.match}
      </span>
      <IconButton tone="quiet" size="small" label={texts.cancelNext} onClick={() => app.breakpoints.awaitNext(null)}>
        <X size={12} aria-hidden />
      </IconButton>
    </span>
  );
}

function Queue({ held }: { held: readonly HeldRow[] }) {
  const { breakpoints: texts } = useMessages();
  const [chosen, setChosen] = useState<HeldRow | null>(null);
  const isBehind = (row: HeldRow) => chosen !== null && row.heldAt >= chosen.heldAt;
  const shown = held.find((row) => row.id === chosen?.id) ?? held.find(isBehind) ?? held[0];
  const list = useRef<HTMLUListElement>(null);
  const [hadFocus, setHadFocus] = useState(false);
  const key = shown && heldKey(shown);
  // The focus that went with a message goes on to the next one, else going through the queue by keys begins anew each time.
  useLayoutEffect(() => {
    if (hadFocus && document.activeElement === document.body)
      list.current?.querySelector<HTMLElement>('[aria-current]')?.focus();
  }, [key, hadFocus]);
  return (
    <div className="breakpoints-body" onFocus={() => setHadFocus(true)} onBlur={() => setHadFocus(false)}>
      <ul ref={list} className="held-list" aria-label={texts.queue}>
        {held.map((row) => (
          <li key={row.id}>
            <HeldButton row={row} chosen={row.id === shown?.id} onChoose={() => setChosen(row)} />
          </li>
        ))}
      </ul>
      {shown ? <HeldEditor key={`${shown.id} ${shown.phase}`} row={shown} /> : null}
    </div>
  );
}

function HeldButton({ row, chosen, onChoose }: { row: HeldRow; chosen: boolean; onChoose: () => void }) {
  const app = useApp();
  const { breakpoints: texts, detail } = useMessages();
  const isTyped = useStore(app.breakpoints.typed, (typed) => heldKey(row) in typed);
  const leftMs = Math.max(0, row.until - useNow());
  return (
    <button type="button" className="held-row" aria-current={chosen || undefined} onClick={onChoose}>
      <span className="held-url mono truncate" title={row.url}>
        {summaryOf(row)}
      </span>
      <span className="held-facts">
        <Chip>{detail.phase[row.phase]}</Chip>
        {isTyped ? <Chip tone="accent">{texts.typed}</Chip> : null}
        <span className="truncate">{row.rule ?? texts.asked}</span>
        <span className="breakpoints-space" />
        <span title={texts.goesOnHint}>{texts.left(Math.ceil(leftMs / 1000))}</span>
      </span>
    </button>
  );
}

function summaryOf(row: HeldRow | undefined): string {
  if (!row) return '';
  const request = `${row.method} ${row.url.replace(/^https?:\/\//, '')}`;
  return row.status === undefined ? request : `${row.status} ${request}`;
}
