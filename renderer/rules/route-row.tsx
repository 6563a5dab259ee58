import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { EngineState } from '../../proxy-engine/contract/state.ts';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import type { Doubt } from './doubts.ts';
import { EntryRow, type RowDrag } from './entry-row.tsx';
import { destinationText } from './route-destination.ts';

interface RouteRowProps {
  route: EngineState['routes'][number];
  number: number;
  /** Where it leads, in words. */
  to: string | undefined;
  doubt: Doubt | undefined;
  drag: RowDrag;
  onStep: (step: -1 | 1) => void;
}

export function RouteRow({ route, number, to, doubt, drag, onStep }: RouteRowProps) {
  const app = useApp();
  const selected = useUi((state) => state.openRoute === route.name);
  return (
    <EntryRow
      list="routes"
      name={route.name}
      match={route.match}
      hits={route.hits}
      doubt={doubt}
      selected={selected}
      grip={number}
      to={<span className="route-to truncate"> → {to ?? route.to}</span>}
      drag={drag}
      onOpen={() => app.ui.setState({ openRoute: route.name, rulesView: 'form' })}
      onStep={onStep}
    />
  );
}

/** Where the routes lead, in words, by their names. */
export function useDestinations(): ReadonlyMap<string, string> {
  const app = useApp();
  const { routeForm } = useMessages();
  const config = useStore(app.config.store, (state) => state.config);
  return useMemo(
    () => new Map(config?.routes.map((route) => [route.name, destinationText(route, routeForm)])),
    [config, routeForm],
  );
}
