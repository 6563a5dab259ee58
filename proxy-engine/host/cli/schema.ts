import { z } from 'zod';
import { configSchema } from '../../contract/config.ts';
import { drillSchema } from '../../contract/drill.ts';

/** The JSON Schema (2020-12) of what a person writes: units as text, defaults may be left out. */
export function printSchema({ drill }: { drill?: boolean }): void {
  const schema = z.toJSONSchema(drill ? drillSchema : configSchema, { io: 'input', unrepresentable: 'any' });
  const title = drill ? 'Switchyard drill' : 'Switchyard config';
  process.stdout.write(`${JSON.stringify({ title, ...schema }, null, 2)}\n`);
}
