/**
 * The configuration document: one schema for the file, the window and the control API.
 * Parsed values carry plain numbers: durations are milliseconds, sizes bytes, bandwidths bytes per second, rates per second.
 * Defaults stand here and nowhere else.
 */
import { z } from 'zod';
import { file, headerPattern, name, type respond } from './config-fields.ts';
import { type limits, listener } from './listener-config.ts';
import {
  type backend,
  backendState,
  type ejection,
  hash,
  type healthCheck,
  policy,
  pool,
  type retry,
} from './pool-config.ts';
import { route } from './route-config.ts';
import { type requestAction, type responseAction, rule } from './rule-config.ts';
import { duration, size } from './units.ts';

const capture = z.strictObject({
  bodies: size.default(1024 ** 2),
  exchanges: z.number().int().min(1).default(1_000_000),
  disk: size.default(2 * 1024 ** 3),
  /** What came longer ago is dropped; absent: age is no reason. */
  age: duration.optional(),
  redact: z.array(headerPattern).default(['authorization', 'proxy-authorization', 'cookie', 'set-cookie']),
});

export const configSchema = z.strictObject({
  version: z.literal(1, { error: 'expected 1, the version that this Switchyard reads' }).default(1),
  listeners: z.record(name, listener).default({}),
  routes: z.array(route).default([]),
  pools: z.record(name, pool).default({}),
  rules: z.array(rule).default([]),
  groups: z.record(name, z.strictObject({ select: z.enum(['many', 'one']).default('many') })).default({}),
  capture: capture.prefault({}),
  include: z.array(file).default([]),
});

/** The document as a person writes it. */
export type ConfigDocument = z.input<typeof configSchema>;
/** The document parsed: every default filled in, units resolved to numbers. */
export type Config = z.output<typeof configSchema>;
export type ListenerConfig = z.output<typeof listener>;
export type RouteConfig = z.output<typeof route>;
export type PoolConfig = z.output<typeof pool>;
export type BackendConfig = z.output<typeof backend>;
export type HealthCheckConfig = z.output<typeof healthCheck>;
export type EjectionConfig = z.output<typeof ejection>;
export type RetryConfig = z.output<typeof retry>;
export type RuleConfig = z.output<typeof rule>;
export type RequestActionConfig = z.output<typeof requestAction>;
export type ResponseActionConfig = z.output<typeof responseAction>;
export type RespondConfig = z.output<typeof respond>;
export type CaptureConfig = z.output<typeof capture>;
export type LimitsConfig = z.output<typeof limits>;
export type PolicyName = PoolConfig['policy'];
export type BackendState = z.infer<typeof backendState>;

export { backendState as backendStateSchema, hash as hashSchema, policy as policySchema };
