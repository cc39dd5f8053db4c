import type { Fired, Scene } from './promtool.ts';

interface Scenes {
  /** Titles of scenes in which the alert fires, once. */
  readonly fires: Readonly<Record<string, Scene & Fired>>;
  /** Titles of scenes in which it does not. */
  readonly quiet: Readonly<Record<string, Scene>>;
}

const GATEWAY = 'job="gateway",instance="gateway:8082"';
const ENGINE = 'job="engine",instance="engine:8080"';

const up = (labels: string) => `up{${labels}}`;
const breaker = (series: string, more = '') => `circuit_breaker_${series}{${GATEWAY},breaker_name="engine-1"${more}}`;
const calls = (status: string) => breaker('calls_total', `,status="${status}"`);
const shed = (labels: string, reason: string) => `shed_total{${labels},reason="${reason}",priority="interactive"}`;
const served = (labels: string, route = '/api/analyze/comprehensive') =>
  `http_server_request_duration_seconds_count{${labels},method="POST",route="${route}",status="200"}`;
const problems = (problem: string) => `telemetry_problems_total{${GATEWAY},problem="${problem}"}`;
const lostLines = `log_lines_dropped_total{${GATEWAY}}`;
const ejected = (change = 'ejected') => `balance_changes_total{${GATEWAY},engine="engine-1",change="${change}"}`;
const refusedRetries = (reason: string) => `retries_refused_total{${GATEWAY},reason="${reason}"}`;
const pending = `connection_pool_pending{${GATEWAY},client_name="engine-1",pool_type="http"}`;
const shared = `shared_state_up{${GATEWAY}}`;
const hits = `semcache_hits_total{${ENGINE},type="exact"}`;
const misses = `semcache_misses_total{${ENGINE}}`;
const fill = `semcache_fill_ratio{${ENGINE}}`;
const slo = (name: string, result: string) => `slo_compliance_total{${GATEWAY},slo="${name}",result="${result}"}`;

/** Requests that met and missed an objective. */
const compliance = (missed: string, met: string, name = 'availability') => ({
  [slo(name, 'missed')]: missed,
  [slo(name, 'met')]: met,
});

/** For every alert what makes it fire and what does not. */
export const SCENES: Readonly<Record<string, Scenes>> = {
  ServiceDown: {
    fires: {
      'an engine that is gone': {
        given: { [up(ENGINE)]: '1 0x10', [up(GATEWAY)]: '1x10' },
        at: '3m',
        labels: { job: 'engine', instance: 'engine:8080' },
        summary: 'The engine engine:8080 has not answered Prometheus for 2 minutes.',
      },
    },
    quiet: {
      'gone for less than two minutes': { given: { [up(ENGINE)]: '1 0x10' }, at: '2m' },
      'something else that Prometheus scrapes': {
        given: { [up('job="prometheus",instance="prometheus:9090"')]: '0x10' },
        at: '8m',
      },
    },
  },
  DrainStuck: {
    fires: {
      'a service that drains and does not close its port': {
        given: { [`drain_state{${ENGINE}}`]: '0 1x10' },
        at: '3m',
        labels: { job: 'engine', instance: 'engine:8080' },
        summary: 'The engine engine:8080 has been draining for 2 minutes and still answers.',
      },
    },
    quiet: {
      'a drain of less than two minutes': { given: { [`drain_state{${ENGINE}}`]: '0 1x10' }, at: '2m' },
      'a drain that ends': { given: { [`drain_state{${ENGINE}}`]: '0 1 stale' }, at: '6m' },
      'a service that serves': { given: { [`drain_state{${ENGINE}}`]: '0x10' }, at: '8m' },
    },
  },
  EventLoopOverloaded: {
    fires: {
      'refusals because the event loop is late': {
        given: { [shed(GATEWAY, 'event_loop')]: '0x10 6+6x20' },
        at: '12m',
        labels: { job: 'gateway', instance: 'gateway:8082' },
        summary: 'The gateway gateway:8082 refuses 0.04 requests/s because its event loop is late.',
      },
    },
    quiet: {
      'refusals of less than a minute': { given: { [shed(GATEWAY, 'event_loop')]: '0x10 6+6x20' }, at: '11m' },
      'refusals for another reason': { given: { [shed(GATEWAY, 'concurrency')]: '0+6x20' }, at: '10m' },
      'refusals of earlier': { given: { [shed(GATEWAY, 'event_loop')]: '0+6x5 30x20' }, at: '20m' },
    },
  },
  TraceExportFailing: {
    fires: {
      'spans that are not taken': {
        given: { [problems('export_failed')]: '0x10 60+60x20' },
        at: '16m',
        labels: { job: 'gateway' },
        summary: 'The gateway loses 1.0 spans/s: the exporter cannot deliver them.',
      },
    },
    quiet: {
      'one batch that is lost': { given: { [problems('export_failed')]: '0x5 60x30' }, at: '10m' },
      'another problem of telemetry': { given: { [problems('label_overflow')]: '0+60x30' }, at: '15m' },
    },
  },
  LogLinesLost: {
    fires: {
      'lines that nobody takes': {
        given: { [lostLines]: '0x10 120+120x20' },
        at: '16m',
        labels: { job: 'gateway', instance: 'gateway:8082' },
        summary: 'The gateway gateway:8082 loses 2.0 log lines/s: what reads its standard output is gone or too slow.',
      },
      'a burst every other minute': {
        given: { [lostLines]: '0 0 30 30 60 60 90 90 120 120 150 150 180 180' },
        at: '12m',
        labels: { job: 'gateway', instance: 'gateway:8082' },
        summary: 'The gateway gateway:8082 loses 0.3 log lines/s: what reads its standard output is gone or too slow.',
      },
    },
    quiet: {
      'a reader that is gone for less than five minutes': { given: { [lostLines]: '0x10 120+120x20' }, at: '15m' },
      'one burst that the buffer does not hold': { given: { [lostLines]: '0x5 900x30' }, at: '10m' },
      'lines lost long ago': { given: { [lostLines]: '0+120x10 1200x30' }, at: '20m' },
    },
  },
  BreakerOpen: {
    fires: {
      'open, half-open for a trial, open again': {
        given: { [breaker('state')]: '0 1 2 1x10' },
        at: '2m',
        labels: { breaker_name: 'engine-1' },
        summary: 'The breaker of engine-1 has not been closed for a minute: calls to it are refused.',
      },
    },
    quiet: {
      'open for less than a minute': { given: { [breaker('state')]: '0 1x10' }, at: '1m' },
      closed: { given: { [breaker('state')]: '0x10' }, at: '8m' },
    },
  },
  EngineCallsFailing: {
    fires: {
      'twelve of a hundred calls': {
        given: { [calls('failure')]: '0+3x30', [calls('success')]: '0+22x30' },
        at: '8m',
        labels: { breaker_name: 'engine-1' },
        summary: '12% of the calls to engine-1 fail after all their attempts.',
      },
    },
    quiet: {
      'eight of a hundred calls': { given: { [calls('failure')]: '0+2x30', [calls('success')]: '0+23x30' }, at: '15m' },
      'calls that clients left': { given: { [calls('neutral')]: '0+5x30', [calls('success')]: '0+5x30' }, at: '15m' },
      'failures of less than five minutes': { given: { [calls('failure')]: '0+3x30', [calls('success')]: '0+22x30' }, at: '5m' },
    },
  },
  ConsecutiveFailures: {
    fires: {
      'four in a row': {
        given: { [breaker('consecutive_failures')]: '0 4x5' },
        at: '1m',
        labels: { breaker_name: 'engine-1' },
        summary: '4 calls to engine-1 in a row have failed.',
      },
    },
    quiet: { 'three in a row': { given: { [breaker('consecutive_failures')]: '0 3x5' }, at: '3m' } },
  },
  EngineEjected: {
    fires: {
      'ejected for the third time in half an hour': {
        given: { [ejected()]: '0 1 1 2 2 3x20', [ejected('restored')]: '0 0 1 1 2 2x20' },
        at: '20m',
        labels: { engine: 'engine-1' },
        summary: 'engine-1 was ejected 3 times in 30 minutes.',
      },
    },
    quiet: {
      'ejected twice': { given: { [ejected()]: '0 1 1 2x20' }, at: '20m' },
      'three times in hours': { given: { [ejected()]: '0x10 1x60 2x60 3x60' }, at: '180m' },
    },
  },
  RetryBudgetExhausted: {
    fires: {
      'retries that the budget forbids': {
        given: { [refusedRetries('budget')]: '0x10 6+6x20' },
        at: '13m',
        labels: {},
        summary: '0.06 failed attempts/s are not repeated because the retry budget is used up.',
      },
    },
    quiet: {
      'a budget that is used up for less than two minutes': { given: { [refusedRetries('budget')]: '0x10 6+6x20' }, at: '12m' },
      'attempts that are used up': { given: { [refusedRetries('attempts')]: '0+6x20' }, at: '10m' },
      'a budget that has filled again': { given: { [refusedRetries('budget')]: '0+6x5 30x20' }, at: '20m' },
    },
  },
  WorkShed: {
    fires: {
      'three of two hundred requests, at the adaptive limit of the engine': {
        given: {
          [shed(ENGINE, 'concurrency')]: '0+9x30',
          [served(ENGINE)]: '0+600x30',
          [served(ENGINE, '/health/ready')]: '0+9000x30',
        },
        at: '7m',
        labels: { job: 'engine', reason: 'concurrency' },
        summary: 'The engine refuses work (concurrency): 1.5% of its requests.',
      },
    },
    quiet: {
      'eight of a thousand requests': {
        given: { [shed(ENGINE, 'concurrency')]: '0+8x30', [served(ENGINE)]: '0+1000x30' },
        at: '15m',
      },
      'for less than five minutes': {
        given: { [shed(ENGINE, 'concurrency')]: '0+9x30', [served(ENGINE)]: '0+600x30' },
        at: '5m',
      },
      'an event loop that is late': {
        given: { [shed(GATEWAY, 'event_loop')]: '0+6x30', [served(GATEWAY)]: '0+60x30' },
        at: '15m',
      },
    },
  },
  PoolSaturated: {
    fires: {
      'attempts that wait all the time': {
        given: { [pending]: '0 3x10' },
        at: '4m',
        labels: { client_name: 'engine-1' },
        summary: '3 attempts wait for a connection to engine-1, and some have for 2 minutes.',
      },
    },
    quiet: { 'attempts that wait now and then': { given: { [pending]: '0 3 3 0 3 3 0 3 3 0' }, at: '8m' } },
  },
  SharedStateAway: {
    fires: {
      'Redis gone for a minute': {
        given: { [shared]: '1 0x10' },
        at: '2m',
        labels: { instance: 'gateway:8082' },
        summary: 'The gateway gateway:8082 cannot reach its Redis: requests with an Idempotency-Key are refused.',
      },
    },
    quiet: {
      'Redis gone for less than a minute': { given: { [shared]: '1 0x10' }, at: '1m' },
      'Redis there': { given: { [shared]: '1x10' }, at: '8m' },
    },
  },
  CacheHitRateLow: {
    fires: {
      'fifteen of a hundred lookups': {
        given: { [hits]: '0+15x120', [misses]: '0+85x120' },
        at: '33m',
        labels: {},
        summary: 'Only 15% of the analyses are answered from the result cache.',
      },
      'no hit ever': {
        given: { [misses]: '0+10x120' },
        at: '90m',
        labels: {},
        summary: 'Only 0% of the analyses are answered from the result cache.',
      },
    },
    quiet: {
      'a quarter of the lookups': { given: { [hits]: '0+25x120', [misses]: '0+75x120' }, at: '90m' },
      'few hits for less than half an hour': { given: { [hits]: '0+15x120', [misses]: '0+85x120' }, at: '29m' },
      'hardly a lookup': { given: { [hits]: '0x120', [misses]: '0x80 1x10 2x10 3x20' }, at: '115m' },
    },
  },
  CacheNearlyFull: {
    fires: {
      'nineteen twentieths of the bound': {
        given: { [fill]: '0.95x30' },
        at: '20m',
        labels: { instance: 'engine:8080' },
        summary: 'The result cache of engine:8080 holds 95% of its bound.',
      },
    },
    quiet: {
      'room left': { given: { [fill]: '0.85x30' }, at: '20m' },
      'full for less than a quarter of an hour': { given: { [fill]: '0.5x10 0.95x10 0.5x20' }, at: '20m' },
    },
  },
  ErrorBudgetBurnsFast: {
    fires: {
      'two of a hundred requests fail': {
        given: compliance('0+2x120', '0+98x120'),
        at: '90m',
        labels: { slo: 'availability' },
        summary: 'The error budget of availability is used 20.0 times faster than allowed, over 1h and 5m.',
      },
      'a fifth of the requests is slow': {
        given: compliance('0+20x120', '0+80x120', 'latency'),
        at: '90m',
        labels: { slo: 'latency' },
        summary: 'The error budget of latency is used 20.0 times faster than allowed, over 1h and 5m.',
      },
    },
    quiet: {
      'one of a hundred requests fails': { given: compliance('0+1x120', '0+99x120'), at: '90m' },
      'two of a hundred requests failed until ten minutes ago': { given: compliance('0+2x60 120x60', '0+98x120'), at: '70m' },
      'failures of five minutes only': { given: compliance('0x100 0+5x20', '0+95x120'), at: '104m' },
      'a large share of hardly any requests': { given: compliance('0+0.1x120', '0+0.4x120'), at: '90m' },
    },
  },
  ErrorBudgetBurns: {
    fires: {
      'one of a hundred requests fails, for hours': {
        given: compliance('0+5x80', '0+495x80'),
        every: '5m',
        at: '390m',
        labels: { slo: 'availability' },
        summary: 'The error budget of availability is used 10.0 times faster than allowed, over 6h and 30m.',
      },
    },
    quiet: {
      'failures of half an hour only': { given: compliance('0x60 0+5x20', '0+450x80'), every: '5m', at: '330m' },
      'a large share of hardly any requests': { given: compliance('0+0.05x80', '0+0.45x80'), every: '5m', at: '390m' },
      'one of two hundred requests fails': { given: compliance('0+5x80', '0+995x80'), every: '5m', at: '390m' },
      'one of a hundred requests failed until an hour ago': {
        given: compliance('0+5x66 330x14', '0+495x80'),
        every: '5m',
        at: '390m',
      },
    },
  },
  ErrorBudgetBurnsSlowly: {
    fires: {
      'three of a thousand requests fail, for days': {
        given: compliance('0+3x450', '0+997x450'),
        every: '10m',
        at: '74h',
        labels: { slo: 'availability' },
        summary: 'The error budget of availability is used 3.0 times faster than allowed, over 3d and 6h.',
      },
    },
    quiet: {
      'failures of six hours only': { given: compliance('0x400 0+5x50', '0+995x450'), every: '10m', at: '4360m' },
      'a large share of hardly any requests': { given: compliance('0+0.02x450', '0+1.98x450'), every: '10m', at: '74h' },
      'three of two thousand requests fail': { given: compliance('0+3x450', '0+1997x450'), every: '10m', at: '74h' },
      'six of a thousand requests failed until yesterday': {
        given: compliance('0+6x300 1800x150', '0+997x450'),
        every: '10m',
        at: '74h',
      },
    },
  },
};
