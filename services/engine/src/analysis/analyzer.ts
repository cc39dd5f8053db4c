import type { Span } from '@opentelemetry/api';
import { type AnalysisRequest, type Dataset, ProblemError } from '@penstock/contracts';
import type { Priority } from '@penstock/resilience';
import type { AnalysisStore, DatasetStore } from '@penstock/store';
import {
  addSpanEvent,
  annotate,
  endSpan,
  type InnerSpanName,
  linkTo,
  type Metrics,
  type SpanAttributes,
  startSpan,
  type Tracing,
  withSpan,
} from '@penstock/telemetry';
import type { FastifyBaseLogger } from 'fastify';
import { ENGINE_VERSION } from '../version.ts';
import { epochMs } from '../workers/epoch.ts';
import type { WorkerPool } from '../workers/pool.ts';
import type { Finished } from '../workers/task.ts';
import { countRun, traceRun } from './observe.ts';
import { USED_ROLES } from './request/check-columns.ts';
import { findDataset } from './request/find-dataset.ts';
import { type ResolvedAnalysis, resolveAnalysis } from './request/resolve.ts';
import type { ResultCache, Unstored } from './result-cache.ts';
import { SharedRuns, type Waiter } from './shared-runs.ts';
import { withDatasetId } from './with-dataset-id.ts';

export interface AnalyzerDeps {
  readonly cache: ResultCache;
  readonly datasets: DatasetStore;
  readonly analyses: AnalysisStore;
  readonly pool: WorkerPool;
  readonly tracing: Tracing;
  readonly metrics: Metrics<'engine'>;
  readonly logger: FastifyBaseLogger;
}

/** Where an answer came from: the cache by the request's bytes or by its meaning, the store, or a computation. */
export type Source = 'exact' | 'semantic' | 'stored' | 'computed';

export interface Answer {
  readonly body: Buffer;
  readonly source: Source;
  /** Milliseconds of each part of the work, in its order. */
  readonly timings: Readonly<Record<string, number>>;
}

/** For whom a shared run computes: the one who began it, as urgently as the most urgent who waits for it. */
type RunFor = Omit<Waiter, 'priority'> & { readonly priority: () => Priority };

interface Computed {
  readonly body: Buffer;
  readonly source: Source;
  readonly timings: Readonly<Record<string, number>>;
}

/** Answers analysis requests: from the cache, from the store, or by computing; equal analyses under way are computed once. */
export class Analyzer {
  readonly #deps: AnalyzerDeps;
  readonly #runs: SharedRuns<Computed>;

  constructor(deps: AnalyzerDeps) {
    this.#deps = deps;
    this.#runs = new SharedRuns((joining, computing) => {
      deps.metrics.series.coalesced_total.inc();
      addSpanEvent(joining, 'coalesce.joined');
      linkTo(joining, computing, 'coalesced');
    });
  }

  /**
   * @param bytes the request's body as it came
   * @throws ProblemError for whatever keeps the analysis from being answered; the signal's reason when it aborts
   */
  async analyze(request: AnalysisRequest, bytes: Buffer, asker: Waiter): Promise<Answer> {
    const { cache, metrics } = this.#deps;
    const dataset = await findDataset(this.#deps.datasets, request.dataset_id);
    const exact = await this.#cached(asker.span, () => this.#byBytes(bytes, dataset.id));
    if (exact !== undefined) {
      metrics.series.semcache_hits_total.inc({ type: 'exact' });
      return { body: exact, source: 'exact', timings: {} };
    }
    const analysis = resolveAnalysis(request, dataset, ENGINE_VERSION);
    const meaning = { analysisId: analysis.id, datasetId: dataset.id };
    const semantic = await this.#cached(asker.span, () => cache.reply(analysis.id));
    if (semantic !== undefined) {
      metrics.series.semcache_hits_total.inc({ type: 'semantic' });
      await cache.remember(bytes, meaning);
      return { body: withDatasetId(semantic, dataset.id), source: 'semantic', timings: {} };
    }
    metrics.series.semcache_misses_total.inc();
    const stored = await this.#stored(analysis.id, asker.span);
    const { body, source, timings } =
      stored ??
      (await this.#runs.join(analysis.id, asker, (signal, priority) =>
        this.#finish(analysis, dataset, { span: asker.span, signal, priority }),
      ));
    await Promise.all([cache.remember(bytes, meaning), stored && cache.keep(analysis.id, stored.body)]);
    return { body: withDatasetId(body, dataset.id), source, timings };
  }

  /** Resolves when nothing is being computed. */
  settled(): Promise<void> {
    return this.#runs.settled();
  }

  async #byBytes(bytes: Buffer, datasetId: string): Promise<Buffer | undefined> {
    const meaning = await this.#deps.cache.meaning(bytes);
    if (meaning?.datasetId !== datasetId) return undefined;
    const body = await this.#deps.cache.reply(meaning.analysisId);
    return body && withDatasetId(body, datasetId);
  }

  async #cached(parent: Span, look: () => Promise<Buffer | undefined>): Promise<Buffer | undefined> {
    const { tracing, cache } = this.#deps;
    const span = startSpan(tracing, parent, 'CACHE GET', {
      kind: 'client',
      attributes: { 'db.system.name': cache.kind, 'db.operation.name': 'GET' },
    });
    try {
      const found = await look();
      annotate(span, { 'penstock.cache.result': found === undefined ? 'miss' : 'hit' });
      endSpan(span);
      return found;
    } catch (error) {
      endSpan(span, { error });
      throw error;
    }
  }

  async #stored(id: string, parent: Span): Promise<Computed | undefined> {
    const found = await this.#timed(
      parent,
      'SELECT',
      { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT', 'db.collection.name': 'analyses' },
      () => this.#deps.analyses.get(id),
    );
    return found && { body: found.body, source: 'stored', timings: {} };
  }

  /** Computes and stores; only stores what was computed when the database did not take it. */
  async #finish(analysis: ResolvedAnalysis, dataset: Dataset, asker: RunFor): Promise<Computed> {
    const unstored = await this.#deps.cache.unstored(analysis.id);
    const { finished, timings } =
      unstored === undefined ? await this.#compute(analysis, dataset, asker) : { finished: unstored, timings: {} };
    const storeMs = epochMs();
    try {
      await this.#store(analysis.id, finished, asker.span);
    } catch (error) {
      if (unstored === undefined) await this.#deps.cache.keepUnstored(analysis.id, finished);
      throw error;
    }
    const source = unstored === undefined ? 'computed' : 'semantic';
    return { body: finished.body, source, timings: { ...timings, store: epochMs() - storeMs } };
  }

  async #compute(
    analysis: ResolvedAnalysis,
    dataset: Dataset,
    { span, signal, priority }: RunFor,
  ): Promise<{ finished: Unstored; timings: Computed['timings'] }> {
    const { datasets, pool } = this.#deps;
    const beganMs = epochMs();
    const names = [...new Set([...analysis.roles].flatMap(([role, columns]) => (USED_ROLES.has(role) ? columns : [])))];
    const loaded = await this.#timed(
      span,
      'load columns',
      { 'penstock.dataset.id': dataset.id, 'penstock.dataset.rows': dataset.rows, 'penstock.dataset.columns': names.length },
      () => datasets.load(dataset, names),
    );
    const queuedMs = epochMs();
    const outcome = await pool.run(
      {
        kind: 'analysis',
        analysisId: analysis.id,
        dataset: { id: dataset.id, rows: dataset.rows, sha256: dataset.sha256 },
        roles: [...analysis.roles],
        cutoff: analysis.cutoff,
        options: analysis.options,
        notes: analysis.notes,
        columns: loaded.columns,
      },
      signal,
      priority,
    );
    if (outcome.kind === 'invalid') throw new ProblemError('invalid_analysis', outcome.detail, { errors: outcome.errors });
    if (outcome.kind !== 'finished') throw new Error(`a worker answered an analysis with '${outcome.kind}'`);
    this.#observe(outcome, analysis, dataset, { queuedMs, span });
    const { startMs, endMs } = outcome.observed;
    return {
      finished: { body: Buffer.from(outcome.body), figures: outcome.figures, report: outcome.report },
      timings: { load: queuedMs - beganMs, queue: startMs - queuedMs, compute: endMs - startMs },
    };
  }

  async #store(id: string, { body, figures, report }: Unstored, span: Span): Promise<void> {
    const { analyses, cache } = this.#deps;
    await this.#timed(
      span,
      'INSERT',
      {
        'db.system.name': 'postgresql',
        'db.operation.name': 'INSERT',
        'db.collection.name': 'analyses',
        'penstock.analysis.id': id,
      },
      () => analyses.put(id, body, figures, report),
    );
    await cache.keep(id, body);
  }

  #observe(
    { observed }: Finished,
    { id, options }: ResolvedAnalysis,
    dataset: Dataset,
    { queuedMs, span }: { queuedMs: number; span: Span },
  ): void {
    const { metrics, tracing, logger } = this.#deps;
    countRun(metrics.series, observed, dataset, { queuedMs, span });
    traceRun(tracing, span, observed, { queuedMs, draws: options.bootstrap });
    for (const { where, error } of observed.faults) {
      withSpan(logger, span).error(
        { err: error, analysis_id: id },
        `Unexpected error in ${where}; the rest of the analysis went on`,
      );
    }
  }

  async #timed<T>(parent: Span, name: InnerSpanName, attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    const span = startSpan(this.#deps.tracing, parent, name, { kind: 'client', attributes });
    try {
      const result = await work();
      endSpan(span);
      return result;
    } catch (error) {
      endSpan(span, { error });
      throw error;
    }
  }
}
