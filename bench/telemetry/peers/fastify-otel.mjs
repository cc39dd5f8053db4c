// Only what a gateway needs: a span for each request and hook from Fastify, one for each call from undici.

import { FastifyOtelInstrumentation } from '@fastify/otel';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { startSdk } from './start-sdk.mjs';

startSdk([new FastifyOtelInstrumentation({ registerOnInitialization: true }), new UndiciInstrumentation()]);
