// The usual way: every instrumentation that there is, as the documentation of @opentelemetry/auto-instrumentations-node has it.

import { register } from 'node:module';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { startSdk } from './start-sdk.mjs';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
startSdk(getNodeAutoInstrumentations());
