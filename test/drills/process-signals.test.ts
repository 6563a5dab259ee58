import { describe, expect, it } from 'vitest';
import { processOn } from '../../proxy-engine/drills/process-signals.ts';

const at = (port: number, pid?: number) => ({ port, url: `http://127.0.0.1:${port}`, pid, process: 'node' });
const PORTS = [at(3001, 4711), at(80, 1), at(4780, 100), at(5000)];

describe('who gets a signal', () => {
  it('the process that listens on the port', () => {
    expect(processOn(3001, PORTS, [100])).toEqual({ pid: 4711, told: 'node, pid 4711' });
  });

  it.each([
    [3002, 'no process listens on port 3002'],
    [80, 'belongs to the system (pid 1)'],
    [4780, "is Switchyard's own"],
    [5000, 'the system does not tell'],
  ])('not who listens on %i', (port, why) => {
    expect(processOn(port, PORTS, [100])).toContain(why);
  });
});
