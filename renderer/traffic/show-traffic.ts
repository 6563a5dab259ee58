import type { App } from '../app.ts';

/** The same of what is recorded now, whichever recording is open. */
export function showRecorded(app: Pick<App, 'ui' | 'traffic'>, filter: string): void {
  app.ui.setState({ recording: null });
  showTraffic(app, filter);
}

/** The exchanges for which the filter holds, all of them: a host or path that the list was narrowed to is left. */
export function showTraffic(app: Pick<App, 'ui' | 'traffic'>, filter: string): void {
  app.ui.setState({ page: 'traffic' });
  app.traffic.setScope(null);
  app.traffic.setFilter(filter);
}
