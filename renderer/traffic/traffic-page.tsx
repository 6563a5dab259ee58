import './traffic.css';
import { lazy, Suspense } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { useMessages, useUi } from '../app-context.tsx';
import { ColumnsDialog } from './columns-dialog.tsx';
import { Detail } from './detail/detail.tsx';
import { FiltersDialog } from './filters/filters-dialog.tsx';
import { MarkDialog } from './marks/mark-dialog.tsx';
import { Toolbar } from './toolbar.tsx';
import { TrafficList } from './traffic-list.tsx';
import { TreePanel } from './tree/tree-panel.tsx';

/** Opened now and then. */
const CompareDialog = lazy(async () => ({ default: (await import('./compare/compare-dialog.tsx')).CompareDialog }));

export function TrafficPage() {
  const { traffic, tree } = useMessages();
  const compare = useUi((state) => state.compare);
  const treeOpen = useUi((state) => state.treeOpen);
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: 'switchyard.traffic',
    storage: localStorage,
    panelIds: treeOpen ? ['tree', 'list', 'detail'] : ['list', 'detail'],
  });
  return (
    <div className="traffic">
      <h1 className="visually-hidden">{traffic.title}</h1>
      <Group orientation="horizontal" className="split" defaultLayout={defaultLayout} onLayoutChanged={onLayoutChanged}>
        {treeOpen ? (
          <>
            <Panel id="tree" defaultSize="220px" minSize="140px" groupResizeBehavior="preserve-pixel-size">
              <TreePanel />
            </Panel>
            <Separator className="split-handle" aria-label={tree.resize} />
          </>
        ) : null}
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
      <ColumnsDialog />
      <FiltersDialog />
      <Suspense>{compare ? <CompareDialog ids={compare} /> : null}</Suspense>
    </div>
  );
}
