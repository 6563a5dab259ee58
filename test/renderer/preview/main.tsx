/** The window over a fake engine, for looking at it: `?exchanges=0`, `?rate=0`, `?many`, `?empty`, `?lost`. */
import { startWindow } from '../../../renderer/start.tsx';
import { exampleState } from '../examples.ts';
import { fakeEngine } from '../fake-engine.ts';

const options = new URLSearchParams(location.search);
const state = structuredClone(exampleState);
const [first] = state.pools;
if (options.has('empty') && first) Object.assign(state, { pools: [], routes: [], rules: [], listeners: [] });
if (options.has('many') && first)
  state.pools = ['api', 'shop', 'a-pool-with-a-rather-long-name'].map((name) => ({
    ...first,
    name,
    backends: [
      ...first.backends,
      ...first.backends.map((one) => ({ ...one, name: `${one.name}-next-generation-eu-west-1` })),
    ],
  }));

const engine = fakeEngine({
  state,
  exchanges: Number(options.get('exchanges') ?? 48_201),
  perSecond: Number(options.get('rate') ?? 40),
});
startWindow(engine.connection);
if (options.has('lost'))
  setTimeout(() => engine.lose({ state: 'lost', reason: 'the process exited with code 1' }), 1500);
