import { splitAddress } from '../../downstream/address.ts';
import { CommandFailure } from '../command-failure.ts';
import type { EngineHost } from '../engine-host.ts';
import { startDemoBackends, startDemoTraffic } from './backends.ts';
import { DEMO_LISTENER, demoConfig } from './sample.ts';

/**
 * The sample config in a host that has nothing to run yet, with its backends and some traffic, until the host closes. The file
 * stays as it is until something is changed. Throws `CommandFailure` when there are listeners or pools already.
 */
export async function startDemo(host: EngineHost): Promise<void> {
  const { listeners, pools } = host.config.config;
  if (Object.keys(listeners).length > 0 || Object.keys(pools).length > 0)
    throw new CommandFailure(
      'CONFLICT',
      'this config has listeners or pools already; `switchyard demo` shows the sample',
    );
  const backends = await startDemoBackends();
  host.onClose(() => backends.close());
  await host.changes.applyText(await demoConfig(backends.ports), false);
  const gateway = host.engine.state().listeners.find(({ name }) => name === DEMO_LISTENER);
  if (gateway) host.onClose(startDemoTraffic(splitAddress(gateway.address)));
}
