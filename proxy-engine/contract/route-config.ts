/** A route of the config. */
import { z } from 'zod';
import { expression, name, respond } from './config-fields.ts';

const redirect = z.strictObject({
  status: z.number().int().min(300).max(399).default(302),
  location: z.string().min(1),
});

const DESTINATIONS = ['pool', 'split', 'respond', 'redirect', 'original'] as const;

export const route = z
  .strictObject({
    name,
    listeners: z.array(name).optional(),
    match: expression.optional(),
    pool: name.optional(),
    split: z
      .array(z.strictObject({ pool: name, weight: z.number().int().min(0).max(1_000_000) }))
      .min(1)
      .optional(),
    stickyBy: z.string().optional(),
    respond: respond.optional(),
    redirect: redirect.optional(),
    original: z.literal(true).optional(),
    mirror: z.strictObject({ pool: name, percent: z.number().min(0).max(100).default(100) }).optional(),
  })
  .check((ctx) => {
    const given = DESTINATIONS.filter((key) => ctx.value[key] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? 'none' : given.join(' and ');
    ctx.issues.push({
      code: 'custom',
      input: ctx.value,
      path: [],
      message: `a route has exactly one of ${DESTINATIONS.join(', ')}; found ${found}`,
    });
  });
