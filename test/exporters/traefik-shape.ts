/** Traefik's dynamic configuration (v3, file provider), as far as its reference describes what the exporter writes; unknown fields are errors, as there. */
import { z } from 'zod';

const duration = z.string().regex(/^\d+(ms|s|m|h)$/);
const names = z.array(z.string().min(1)).min(1);
const headers = z.record(z.string(), z.string());
const reference = z.string().min(1);

const router = z.strictObject({
  entryPoints: names,
  rule: z.string().min(1),
  priority: z.number().int().min(1),
  middlewares: names.optional(),
  service: reference,
  tls: z.strictObject({}).optional(),
});

const middleware = z.union([
  z.strictObject({
    headers: z.strictObject({ customRequestHeaders: headers.optional(), customResponseHeaders: headers.optional() }),
  }),
  z.strictObject({ replacePath: z.strictObject({ path: z.string() }) }),
  z.strictObject({ replacePathRegex: z.strictObject({ regex: z.string(), replacement: z.string() }) }),
  z.strictObject({
    redirectRegex: z.strictObject({ regex: z.string(), replacement: z.string(), permanent: z.boolean() }),
  }),
  z.strictObject({
    ipAllowList: z.strictObject({ sourceRange: z.array(z.string()).min(1), rejectStatusCode: z.number().int() }),
  }),
  z.strictObject({ retry: z.strictObject({ attempts: z.number().int().min(1), initialInterval: duration }) }),
  z.strictObject({
    rateLimit: z.strictObject({
      average: z.number().int(),
      period: duration,
      burst: z.number().int().min(1),
      sourceCriterion: z
        .union([z.strictObject({ requestHost: z.literal(true) }), z.strictObject({ requestHeaderName: z.string() })])
        .optional(),
    }),
  }),
]);

const healthCheck = z.strictObject({
  mode: z.enum(['http', 'grpc']).optional(),
  path: z.string().startsWith('/'),
  method: z.string().optional(),
  interval: duration,
  timeout: duration,
  hostname: z.string().optional(),
  port: z.number().int().optional(),
  headers: headers.optional(),
  status: z.number().int().optional(),
  followRedirects: z.boolean().optional(),
});

const loadBalancer = z.strictObject({
  servers: z.array(z.strictObject({ url: z.url(), weight: z.number().int().min(0).optional() })),
  strategy: z.enum(['wrr', 'p2c', 'hrw', 'leasttime']).optional(),
  sticky: z
    .strictObject({
      cookie: z.strictObject({
        name: z.string(),
        path: z.string(),
        maxAge: z.number().int(),
        httpOnly: z.boolean(),
        sameSite: z.enum(['none', 'lax', 'strict']),
      }),
    })
    .optional(),
  healthCheck: healthCheck.optional(),
  passiveHealthCheck: z.strictObject({ failureWindow: duration, maxFailedAttempts: z.number().int() }).optional(),
  passHostHeader: z.boolean(),
  serversTransport: reference,
});

const service = z.union([
  z.strictObject({ loadBalancer }),
  z.strictObject({ failover: z.strictObject({ service: reference, fallback: reference }) }),
  z.strictObject({
    weighted: z.strictObject({ services: z.array(z.strictObject({ name: reference, weight: z.number().int() })) }),
  }),
  z.strictObject({
    mirroring: z.strictObject({
      service: reference,
      mirrors: z.array(z.strictObject({ name: reference, percent: z.number().int().min(0).max(100) })),
    }),
  }),
]);

const certificate = z.strictObject({ certFile: z.string(), keyFile: z.string() });

const serversTransport = z.strictObject({
  forwardingTimeouts: z.strictObject({
    dialTimeout: duration,
    responseHeaderTimeout: duration,
    idleConnTimeout: duration,
  }),
  disableHTTP2: z.boolean().optional(),
  insecureSkipVerify: z.boolean().optional(),
  rootCAs: z.array(z.string()).optional(),
  serverName: z.string().optional(),
  certificates: z.array(certificate).optional(),
});

export const dynamicConfiguration = z.strictObject({
  http: z.strictObject({
    routers: z.record(z.string(), router).optional(),
    middlewares: z.record(z.string(), middleware).optional(),
    services: z.record(z.string(), service).optional(),
    serversTransports: z.record(z.string(), serversTransport).optional(),
  }),
  tls: z
    .strictObject({
      certificates: z.array(certificate).optional(),
      stores: z.strictObject({ default: z.strictObject({ defaultCertificate: certificate }) }).optional(),
      // Others hold for the hosts of a rule only.
      options: z
        .strictObject({
          default: z.strictObject({
            clientAuth: z.strictObject({
              caFiles: z.array(z.string()).optional(),
              clientAuthType: z.enum(['RequireAndVerifyClientCert', 'RequestClientCert']),
            }),
          }),
        })
        .optional(),
    })
    .optional(),
});
