import './compose.css';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { useMessages } from '../app-context.tsx';
import { RequestEditor } from './request-editor.tsx';
import { RunHistory } from './run-history.tsx';
import { RunResult } from './run-result.tsx';

/** A request by hand, sent once or many times, and how the backends answered. */
export function ComposePage() {
  const { pages, compose } = useMessages();
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({ id: 'switchyard.compose', storage: localStorage });
  return (
    <div className="compose">
      <h1 className="visually-hidden">{pages.compose}</h1>
      <Group orientation="horizontal" className="split" defaultLayout={defaultLayout} onLayoutChanged={onLayoutChanged}>
        <Panel id="editor" minSize="420px">
          <div className="pane">
            <RequestEditor />
            <RunHistory />
          </div>
        </Panel>
        <Separator className="split-handle" aria-label={compose.resize} />
        <Panel id="result" defaultSize="52%" minSize="380px">
          <RunResult />
        </Panel>
      </Group>
    </div>
  );
}
