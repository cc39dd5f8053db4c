import type { GatewayConfig } from './config.ts';
import { ADMISSION_VARIABLES } from './environment/admission.ts';
import { BREAKER_VARIABLES } from './environment/breaker.ts';
import { BULKHEAD_VARIABLES } from './environment/bulkhead.ts';
import { CONCURRENCY_VARIABLES } from './environment/concurrency.ts';
import { HEDGE_VARIABLES } from './environment/hedge.ts';
import { RETRY_VARIABLES } from './environment/retry.ts';
import { THROTTLE_VARIABLES } from './environment/throttle.ts';
import { TIME_VARIABLES } from './environment/times.ts';

type Name = keyof GatewayConfig;

/** What a reload found. */
export interface Reloaded {
  /** Variables with another value, in force from now on. */
  readonly changed: readonly string[];
  /** Variables with another value that is read at start only. */
  readonly needs_restart: readonly string[];
}

const AT_START_ONLY: ReadonlySet<string> = new Set(['CONNECT_TIMEOUT_MS', 'IDEMPOTENCY_MAX_KEYS']);
const BALANCE: readonly Name[] = [
  'BALANCE_MODE',
  'BALANCE_LOAD_WEIGHT',
  'BALANCE_LOAD_TTL_MS',
  'BALANCE_PROBE_EVERY_MS',
  'BALANCE_REST_MS',
];

const RELOADABLE: ReadonlySet<string> = new Set(
  [
    ...Object.keys({
      ...BREAKER_VARIABLES,
      ...BULKHEAD_VARIABLES,
      ...CONCURRENCY_VARIABLES,
      ...THROTTLE_VARIABLES,
      ...HEDGE_VARIABLES,
      ...RETRY_VARIABLES,
      ...TIME_VARIABLES,
      ...ADMISSION_VARIABLES,
    }),
    ...BALANCE,
  ].filter((name) => !AT_START_ONLY.has(name)),
);

/** The configuration in force: as at the start, but for what policies can be given while they run. */
export class LiveConfig {
  readonly #start: GatewayConfig;
  readonly #apply: (config: GatewayConfig) => void;
  #now: GatewayConfig;

  /** @param apply gives the policies their options; it throws before it has changed anything, or not at all */
  constructor(config: GatewayConfig, apply: (config: GatewayConfig) => void) {
    this.#start = config;
    this.#now = config;
    this.#apply = apply;
  }

  get now(): GatewayConfig {
    return this.#now;
  }

  /** The variables that a reload takes over, with their values. */
  get reloadable(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(this.#now).filter(([name]) => RELOADABLE.has(name)));
  }

  reload(read: GatewayConfig): Reloaded {
    this.#apply(read);
    const before = this.#now;
    this.#now = read;
    return {
      changed: differing(before, read).filter((name) => RELOADABLE.has(name)),
      needs_restart: differing(this.#start, read).filter((name) => !RELOADABLE.has(name)),
    };
  }
}

function differing(one: GatewayConfig, other: GatewayConfig): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<Name>;
  return [...names].filter((name) => String(one[name]) !== String(other[name]));
}
