// Runs the services: both (the gateway is drained first), or one of them alone.

import { setTimeout as sleep } from 'node:timers/promises';
import { commandFor, sampleRequest } from './commands.mjs';
import { readDotEnv } from './dotenv.mjs';
import { withNodeFirst, withoutNpm } from './environment.mjs';
import { freePort } from './ports.mjs';
import { answers } from './probe.mjs';
import { paint, say, seconds } from './say.mjs';
import { Service } from './service.mjs';
import { watchStopRequests } from './stop-signals.mjs';

const readyWithinMs = 60_000;
const portVariables = { engine: 'ENGINE_PORT', gateway: 'GATEWAY_PORT' };
const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** @returns {Promise<number>} the exit code: 0 after a graceful drain */
export async function start(node, names) {
  const began = performance.now();
  const env = await serviceEnvironment(node);
  const ports = {};
  for (const name of names) ports[name] = await freePort(portVariables[name], env, ports.engine);
  for (const name of names) env[portVariables[name]] = String(ports[name]);
  env.ENGINE_URL ||= `http://${hostToReach(env.HOST)}:${env.ENGINE_PORT || 8080}`;

  const labelled = names.length > 1 && (process.stdout.isTTY === true || env.LOG_FORMAT === 'pretty');
  const services = names.map((name) => new Service(name, { node, env, port: ports[name], labelled }));
  const run = new Run(services, env);
  watchStopRequests((signal) => run.stop(signal));
  if (await run.untilReady()) announce(services, env, began);
  return run.over;
}

async function serviceEnvironment(node) {
  const env = { ...(await readDotEnv(node)), ...withoutNpm(process.env) };
  // The services write into a pipe; what the person reads is this process's terminal.
  if (process.stdout.isTTY === true && (env.LOG_FORMAT || 'auto') === 'auto') env.LOG_FORMAT = 'pretty';
  return withNodeFirst(env, node);
}

/** How this machine reaches what listens on `host`. */
function hostToReach(host) {
  if (!host || host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** The same for people. */
const addressOf = (service, env) =>
  `http://${hostToReach(env.HOST).replace(/^(127\.0\.0\.1|\[::1\])$/, 'localhost')}:${service.port}`;

class Run {
  #services;
  #env;
  #stopping = false;
  #ready = false;
  #finish;

  constructor(services, env) {
    this.#services = services;
    this.#env = env;
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
    for (const service of services) service.ended.then((end) => this.#onEnd(service, end));
  }

  /** Waits until all answer. False if one ended, did not answer in time, or a stop was asked for meanwhile. */
  async untilReady() {
    const limit = performance.now() + readyWithinMs;
    for (const service of this.#services) {
      while (!(await this.#isReady(service))) {
        if (this.#stopping) return false;
        if (performance.now() > limit) {
          say.error(`The ${service.name} did not become ready within ${readyWithinMs / 1000} s`);
          this.#drain(1);
          return false;
        }
        await sleep(100);
      }
    }
    this.#ready = !this.#stopping;
    return this.#ready;
  }

  #isReady(service) {
    return answers(`http://${hostToReach(this.#env.HOST)}:${service.port}/health/ready`);
  }

  stop(signal) {
    if (this.#stopping) {
      say.line('Second signal: ending at once');
      for (const service of this.#services) service.kill();
      process.exit(signalExitCodes[signal] ?? 1);
    }
    say.line(
      this.#services.length > 1
        ? 'Stopping: the gateway finishes its requests, then the engine (again to end at once)'
        : 'Stopping: requests in flight are finished (again to end at once)',
    );
    this.#drain(0);
  }

  /** One after the other, those first that send requests to the others. */
  async #drain(exitCode) {
    this.#stopping = true;
    for (const service of [...this.#services].reverse()) {
      if (!service.running) continue;
      service.terminate();
      const end = await service.ended;
      if (end.code === 0 || (!this.#ready && end.signal === 'SIGTERM')) continue;
      say.error(`The ${service.name} did not end well: it ended ${end.how}`);
      exitCode = 1;
    }
    this.#finish(exitCode);
  }

  #onEnd(service, { how }) {
    if (this.#stopping) return;
    const others = this.#services.filter((other) => other.running);
    if (!this.#ready) {
      say.error(`The ${service.name} ended ${how} before it was ready: its last lines say why`);
      this.#drain(1);
    } else if (others.length === 0) {
      say.error(
        this.#services.length > 1
          ? `The ${service.name} ended ${how}, and with it the last service of this run`
          : `The ${service.name} ended ${how}`,
      );
      this.#drain(1);
    } else {
      say.line(
        `The ${service.name} ended ${how}. The ${others[0].name} goes on. To bring the ${service.name} back, in another terminal:`,
      );
      say.line(`  ${commandFor(service.name)}`);
      this.#reportReturn(service);
    }
  }

  /** Says so when somebody has brought the service back. */
  async #reportReturn(service) {
    while (!this.#stopping) {
      await sleep(500, undefined, { ref: false });
      if (!(await this.#isReady(service))) continue;
      if (!this.#stopping) say.line(`The ${service.name} answers again at ${addressOf(service, this.#env)}`);
      return;
    }
  }
}

function announce(services, env, began) {
  const url = (service) => addressOf(service, env);
  const gateway = services.find(({ name }) => name === 'gateway');
  say.line();
  say.line(`${paint(32, '✓')} Ready (${seconds(began)})`);
  for (const service of services) say.line(`  ${service.name.padEnd(8)} ${url(service)}  (process ${service.pid})`);
  if (gateway !== undefined) {
    say.line(`  docs     ${url(gateway)}/docs`);
    say.line(`  status   ${url(gateway)}/status`);
  }
  const traces = tracesAddress(env);
  if (traces !== undefined) say.line(`  traces   ${traces}`);
  if (gateway !== undefined) {
    say.line();
    say.line('A request to paste into another terminal:');
    say.line(`  ${sampleRequest(url(gateway))}`);
  }
  say.line();
  say.line('Ctrl-C finishes what is in flight and stops.');
  say.line();
}

/** Where spans can be looked at: Jaeger's page stands on 16686 of the host that takes them. */
function tracesAddress({ JAEGER_ENDPOINT: jaeger, OTEL_EXPORTER_OTLP_ENDPOINT: collector }) {
  const host = /^(?:\w+:\/\/)?(\[[^\]]+\]|[^:/]+)/.exec(jaeger ?? '')?.[1];
  if (host !== undefined) return `http://${host}:16686`;
  return collector ? `sent to ${collector}` : undefined;
}
