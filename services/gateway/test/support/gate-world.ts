import { FakeClock, type Random, scriptedRandom } from '@penstock/clock';
import { ProblemError, toProblem } from '@penstock/contracts';
import type { PolicyEvent } from '@penstock/resilience';
import { CallSpans, OFF_SPAN } from '@penstock/telemetry';
import type { FastifyRequest } from 'fastify';
import { readConfig } from '../../src/config.ts';
import { engineClassifier } from '../../src/engine/classify.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { EngineGate } from '../../src/engine/engine-gate.ts';
import type { EngineReply } from '../../src/engine/engine-reply.ts';
import { Engines } from '../../src/engine/engines.ts';
import type { Passage } from '../../src/engine/passage.ts';
import type { AttemptSender } from '../../src/engine/send-attempt.ts';

type Attempt = Parameters<AttemptSender>[1]['attempt'];

/** What an engine does with an attempt, in place of its connections. */
export type Answer = (attempt: Attempt, engine: Engine) => Promise<EngineReply>;

export const reply = (status: number): EngineReply => ({ status, headers: {}, body: Buffer.from('{}') });
/** The engine works, and has too much to do. */
export const pushback: EngineReply = {
  status: 503,
  headers: {},
  body: Buffer.from(JSON.stringify(toProblem(new ProblemError('overloaded', 'not now')))),
};
export const answers =
  (status = 200): Answer =>
  async () =>
    reply(status);
export const refuses: Answer = async () => {
  throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
};

/** What reached an engine, and when, ms since the start. */
interface Sent {
  readonly engine: string;
  readonly attempt: number;
  readonly at: number;
}

/** The gate on a fake clock, in front of engines without connections. */
export class GateWorld {
  readonly clock = new FakeClock();
  readonly events: PolicyEvent[] = [];
  readonly sent: Sent[] = [];
  readonly engines: Engines;
  readonly gate: EngineGate;
  answer: Answer = answers();
  /** Engines that are not ready. */
  readonly unready = new Set<Engine>();
  readonly #startedAt = this.clock.monotonic();

  constructor(count: number, env: Readonly<Record<string, string>> = {}, random: Random = scriptedRandom(0.5)) {
    const { clock } = this;
    const urls = Array.from({ length: count }, (_, at) => `http://127.0.0.1:${at + 1}`);
    const config = readConfig({ ENGINE_URL: urls.join(','), BREAKER_READINESS_MS: '0', ...env });
    const onEvent = (event: PolicyEvent): void => void this.events.push(event);
    this.engines = new Engines(config, { clock, random, classify: engineClassifier(clock), onEvent });
    for (const engine of this.engines.all) engine.client.ready = async () => !this.unready.has(engine);
    this.gate = new EngineGate({
      engines: this.engines,
      clock,
      random,
      onEvent,
      spans: new CallSpans(),
      send: (engine, { attempt }) => {
        this.sent.push({ engine: engine.id, attempt: attempt.number, at: this.at });
        return this.answer(attempt, engine);
      },
    });
  }

  /** Milliseconds since the start. */
  get at(): number {
    return this.clock.monotonic() - this.#startedAt;
  }

  of<K extends PolicyEvent['type']>(type: K): Extract<PolicyEvent, { type: K }>[] {
    return this.events.filter((event): event is Extract<PolicyEvent, { type: K }> => event.type === type);
  }

  call(passage: Partial<Passage> = {}): Promise<EngineReply> {
    return this.gate.pass({
      request: { span: OFF_SPAN } as FastifyRequest,
      route: '/api/datasets',
      call: { method: 'GET', path: '/api/datasets', headers: {} },
      total: { totalMs: 150_000, clientShortened: false },
      priority: 'interactive',
      signal: new AbortController().signal,
      ...passage,
    });
  }

  close(): Promise<void> {
    return this.gate.close();
  }
}
