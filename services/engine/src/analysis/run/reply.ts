import {
  type AnalysisReply,
  CONTRACT_VERSION,
  type EstimatorResult,
  type FigureSkipped,
  LIST_ROLES,
  type QualityGate,
} from '@penstock/contracts';
import { ENGINE_VERSION } from '../../version.ts';
import type { AnalysisTask } from '../../workers/task.ts';

export interface ReplyParts {
  readonly rowsUsed: number;
  readonly notes: readonly string[];
  readonly results: readonly EstimatorResult[];
  readonly diagnostics: Readonly<Record<string, unknown>>;
  readonly sensitivity: Readonly<Record<string, unknown>>;
  readonly gates: readonly QualityGate[];
  readonly figures: readonly { readonly name: string; readonly title: string }[];
  readonly figuresSkipped: readonly FigureSkipped[];
}

const DECISION_REASON =
  'Not available in this version: the grade GO, CANARY or HOLD comes with the remaining quality gates. Read the gates themselves.';

const analysisPath = (id: string): string => `/api/analyses/${id}`;

/** The reply of an analysis; the same parts give the same bytes, so nothing of time or place is in it. */
export function buildReply({ analysisId, dataset, roles, cutoff, options }: AnalysisTask, parts: ReplyParts): AnalysisReply {
  const path = analysisPath(analysisId);
  return {
    // `with-dataset-id.ts` relies on these two coming first.
    analysis_id: analysisId,
    dataset: { id: dataset.id, rows: dataset.rows, rows_used: parts.rowsUsed, sha256: dataset.sha256 },
    mapping: Object.fromEntries([
      ...roles.map(([role, names]) => [role, LIST_ROLES.has(role) ? names : names[0]]),
      ...(cutoff === undefined ? [] : [['cutoff', cutoff]]),
    ]),
    options: { ...options },
    notes: [...parts.notes],
    results: [...parts.results],
    diagnostics: parts.diagnostics,
    sensitivity: parts.sensitivity,
    quality_gates: [...parts.gates],
    decision: null,
    decision_reason: DECISION_REASON,
    figures: parts.figures.map(({ name, title }) => ({ name, title, url: `${path}/figures/${name}.svg` })),
    figures_skipped: [...parts.figuresSkipped],
    report_url: `${path}/report.html`,
    provenance: { engine_version: ENGINE_VERSION, seed: options.seed, contract_version: CONTRACT_VERSION },
  };
}
