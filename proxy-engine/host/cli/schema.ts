import { z } from 'zod';
import { configSchema } from '../../contract/config.ts';

/** The JSON Schema (2020-12) of what a person writes: units as text, defaults may be left out. */
export function printSchema(): void {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
  process.stdout.write(`${JSON.stringify({ title: 'Switchyard config', ...schema }, null, 2)}\n`);
}
