import type { Clock, Random } from '@penstock/clock';
import { TransientMap } from '@penstock/collections';
import { ProblemError } from '@penstock/contracts';
import {
  CoalescePolicy,
  DeadlineExceededError,
  IdempotencyPolicy,
  type IdempotencyStore,
  type PolicyEvent,
  resolveCoalesce,
  resolveIdempotency,
  resolveStale,
  StalePolicy,
} from '@penstock/resilience';
import { type CallSpans, linkTo, type Tracing, traceparentOf } from '@penstock/telemetry';
import type { FastifyRequest } from 'fastify';
import type { EngineGate } from '../engine/engine-gate.ts';
import type { EngineReply } from '../engine/engine-reply.ts';
import type { Passage } from '../engine/passage.ts';
import { problemOfReply } from '../engine/reply-problem.ts';
import { staleIfErrorMs } from './client-wishes.ts';
import type { Delivery } from './delivery.ts';
import type { LayerOptions } from './layer-options.ts';
import { problemOfLayer } from './layer-problem.ts';
import { requestKey } from './request-key.ts';

interface LayersDeps {
  readonly gate: EngineGate;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: IdempotencyStore<Delivery>;
  readonly onEvent: (event: PolicyEvent) => void;
  readonly spans: CallSpans;
  readonly tracing: Tracing;
  /** Told of each request that ended with the execution of another one. */
  readonly onCoalesced: () => void;
}

/** A request on its way through the layers. */
export interface LayeredPassage extends Passage {
  /** Media type of the route's answers. */
  readonly replyType: string;
  /** Whether equal requests may share an execution and carry an Idempotency-Key. */
  readonly idempotent: boolean;
}

/** A larger answer is not kept for its Idempotency-Key, bytes: the same request computes it again, to the same bytes. */
const MAX_KEPT_BYTES = 1024 * 1024;

/** What stands around the engines, outermost first: idempotency keys, coalescing, stale answers. */
export class Layers {
  readonly #deps: LayersDeps;
  readonly #idempotency: IdempotencyPolicy<Delivery>;
  readonly #coalesce: CoalescePolicy;
  readonly #stale: StalePolicy<EngineReply>;
  /** Requests that began the executions under way, by their keys. */
  readonly #computing = new TransientMap<string, FastifyRequest>();

  constructor(options: LayerOptions, deps: LayersDeps) {
    const common = { name: 'gateway', clock: deps.clock, onEvent: deps.onEvent };
    this.#deps = deps;
    this.#idempotency = new IdempotencyPolicy(resolveIdempotency(options.idempotency), {
      ...common,
      random: deps.random,
      store: deps.keys,
    });
    this.#coalesce = new CoalescePolicy(resolveCoalesce(options.coalesce), common);
    this.#stale = new StalePolicy(resolveStale(options.stale), common);
  }

  /** @throws ProblemError for every way in which a request ends without an answer */
  async pass(passage: LayeredPassage): Promise<Delivery> {
    try {
      return await this.#once(passage);
    } catch (error) {
      throw problemOfLayer(error);
    }
  }

  /** Other options; keys, answers and executions under way stay. */
  reload({ idempotency, coalesce, stale }: LayerOptions): void {
    this.#idempotency.reload(idempotency);
    this.#coalesce.reload(coalesce);
    this.#stale.reload(stale);
  }

  describe(): string {
    return [this.#idempotency, this.#coalesce, this.#stale].map((policy) => policy.describe()).join(' > ');
  }

  stop(): void {
    for (const policy of [this.#idempotency, this.#coalesce, this.#stale]) policy.stop();
  }

  async #once(passage: LayeredPassage): Promise<Delivery> {
    const { request, call, idempotent } = passage;
    const key = request.headers['idempotency-key'];
    const shared = requestKey(call);
    if (!idempotent || key === undefined || shared === undefined) return this.#shared(passage, shared);
    const identity = { key: `${request.ip} ${String(key)}`, fingerprint: shared };
    const id = this.#deps.spans.open(request.span);
    const done = await this.#idempotency.run({ ...identity, keep: isKept, call: id }, async () => {
      const delivery = await this.#shared(passage, shared);
      return delivery.kind === 'answer' ? { ...delivery, traceparent: traceparentOf(request.span) } : delivery;
    });
    if (done.kind === 'executed') return done.response;
    if (done.response.kind === 'answer') linkTo(request.span, done.response.traceparent, 'replayed');
    return { kind: 'replayed', reply: done.response.reply, ageMs: done.ageMs };
  }

  async #shared(passage: LayeredPassage, key: string | undefined): Promise<Delivery> {
    if (key === undefined || !passage.idempotent) return this.#orStale(passage, key);
    const { clock } = this.#deps;
    const { signal, total, request } = passage;
    const id = this.#deps.spans.open(request.span);
    const endsAt = clock.monotonic() + total.totalMs;
    const remaining = (): number => Math.max(0, endsAt - clock.monotonic());
    const whose = total.clientShortened ? 'client' : 'server';
    const exceeded = (attempts: number): Error => new DeadlineExceededError(whose, total.totalMs, attempts);
    const caller = { signal, deadline: { remaining, exceeded }, call: id };
    for (;;) {
      let own = false;
      let joined: FastifyRequest | undefined;
      try {
        const running = this.#coalesce.run(key, caller, (sharedSignal) => {
          own = true;
          const left = { ...total, totalMs: remaining(), wholeMs: total.totalMs };
          const sharedPassage = { ...passage, signal: sharedSignal, total: left };
          return this.#asComputing(key, request, () => this.#orStale(sharedPassage, key));
        });
        // An execution of its own has begun by now.
        joined = own ? undefined : this.#computing.get(key);
        if (joined !== undefined) this.#tellJoined(request, joined);
        const delivery = await running;
        if (joined !== undefined) this.#deps.onCoalesced();
        return delivery;
      } catch (error) {
        // The caller that started the execution had less time than this one.
        if (!own && isDeadline(error) && remaining() > 0) continue;
        if (joined !== undefined) this.#deps.onCoalesced();
        if (!(error instanceof DeadlineExceededError)) throw error;
        throw new ProblemError('deadline_exceeded', error.message, { layer: 'deadline', cause: error });
      }
    }
  }

  #tellJoined({ span }: FastifyRequest, computing: FastifyRequest): void {
    linkTo(span, computing.span, 'coalesced');
    this.#deps.tracing.keepTogether(span, computing.span);
  }

  async #asComputing(key: string, request: FastifyRequest, compute: () => Promise<Delivery>): Promise<Delivery> {
    this.#computing.set(key, request);
    try {
      return await compute();
    } finally {
      if (this.#computing.get(key) === request) this.#computing.delete(key);
    }
  }

  async #orStale(passage: LayeredPassage, key: string | undefined): Promise<Delivery> {
    try {
      const reply = await this.#deps.gate.pass(passage);
      const problem = problemOfReply(reply, passage.replyType, this.#deps.clock.now());
      if (problem !== undefined) throw problem;
      if (key !== undefined && reply.status === 200) this.#stale.store(key, reply, reply.body.length);
      return { kind: 'answer', reply };
    } catch (error) {
      const maxStaleMs = staleIfErrorMs(passage.request.headers);
      if (key === undefined || maxStaleMs === undefined || !isEngineFailure(error)) throw error;
      const old = this.#stale.find(key, maxStaleMs, this.#deps.spans.open(passage.request.span));
      if (old === undefined) throw error;
      return { kind: 'stale', reply: old.value, ageMs: old.ageMs };
    }
  }
}

const isKept = ({ kind, reply }: Delivery): boolean =>
  kind === 'answer' && reply.status >= 200 && reply.status < 300 && reply.body.length <= MAX_KEPT_BYTES;

const isDeadline = (error: unknown): boolean => error instanceof ProblemError && error.code === 'deadline_exceeded';

/** Codes of an engine that has no answer now, of its own word or of ours. */
const ENGINE_FAILURES: ReadonlySet<string> = new Set(['circuit_open', 'engine_unavailable', 'overloaded', 'storage_unavailable']);

const isEngineFailure = (error: unknown): error is ProblemError =>
  error instanceof ProblemError && ENGINE_FAILURES.has(error.code);
