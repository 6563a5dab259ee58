import './traffic.css';
import { lazy, Suspense } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { useMessages, useUi } from '../app-context.tsx';
import { Detail } from './detail/detail.tsx';
import { MarkDialog } from './marks/mark-dialog.tsx';
import { Toolbar } from './toolbar.tsx';
import { TrafficList } from './traffic-list.tsx';

/** Opened now and then. */
const CompareDialog = lazy(async () => ({ default: (await import('./compare/compare-dialog.tsx')).CompareDialog }));

export function TrafficPage() {
  const { traffic } = useMessages();
  const compare = useUi((state) => state.compare);
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({ id: 'switchyard.traffic', storage: localStorage });
  return (
    <div className="traffic">
      <h1 className="visually-hidden">{traffic.title}</h1>
      <Group orientation="horizontal" className="split" defaultLayout={defaultLayout} onLayoutChanged={onLayoutChanged}>
        <Panel id="list" minSize="380px">
          <section className="traffic-list">
            <Toolbar />
            <TrafficList />
          </section>
        </Panel>
        <Separator className="split-handle" aria-label={traffic.resize} />
        <Panel id="detail" defaultSize="440px" minSize="320px" groupResizeBehavior="preserve-pixel-size">
          <Detail />
        </Panel>
      </Group>
      <MarkDialog />
      <Suspense>{compare ? <CompareDialog ids={compare} /> : null}</Suspense>
    </div>
  );
}
