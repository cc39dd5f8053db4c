import Type, { type Static } from 'typebox';

const NullableNumber = Type.Union([Type.Number(), Type.Null()]);
const Details = Type.Record(Type.String(), Type.Unknown());

const Ok = Type.Object({
  name: Type.String(),
  title: Type.String(),
  status: Type.Literal('ok'),
  estimand: Type.String({ description: 'ATE, ATT, LATE, coefficient' }),
  estimate: Type.Number(),
  std_error: NullableNumber,
  ci_lower: NullableNumber,
  ci_upper: NullableNumber,
  p_value: NullableNumber,
  n: Type.Integer(),
  details: Details,
  warnings: Type.Array(Type.String()),
});
const Skipped = Type.Object({
  name: Type.String(),
  title: Type.String(),
  status: Type.Literal('skipped'),
  reason: Type.String(),
});
const Failed = Type.Object({ name: Type.String(), title: Type.String(), status: Type.Literal('failed'), error: Type.String() });

/** An estimator either ran, was skipped with the reason, or failed with the error. Never anything in between. */
export const EstimatorResult = Type.Union([Ok, Skipped, Failed], { $id: 'EstimatorResult' });
export type EstimatorResult = Static<typeof EstimatorResult>;
export type EstimatorOk = Static<typeof Ok>;

export const QualityGate = Type.Object({
  gate: Type.String(),
  value: NullableNumber,
  threshold: Type.Number(),
  result: Type.Enum(['pass', 'warn', 'fail', 'skipped']),
  because: Type.String(),
});
export type QualityGate = Static<typeof QualityGate>;

export const FigureLink = Type.Object({ name: Type.String(), title: Type.String(), url: Type.String() });
export type FigureLink = Static<typeof FigureLink>;
/** A figure that was asked for or exists, and could not be drawn, with the reason. */
export const FigureSkipped = Type.Object({ name: Type.String(), reason: Type.String() });
export type FigureSkipped = Static<typeof FigureSkipped>;

export const AnalysisReply = Type.Object(
  {
    analysis_id: Type.String(),
    dataset: Type.Object({ id: Type.String(), rows: Type.Integer(), rows_used: Type.Integer(), sha256: Type.String() }),
    mapping: Type.Record(Type.String(), Type.Unknown()),
    options: Type.Record(Type.String(), Type.Unknown()),
    notes: Type.Array(
      Type.String({ description: 'What was decided for the caller: covariates chosen, rows left out, dummies made' }),
    ),
    results: Type.Array(EstimatorResult),
    diagnostics: Type.Record(Type.String(), Type.Unknown()),
    sensitivity: Type.Record(Type.String(), Type.Unknown()),
    quality_gates: Type.Array(QualityGate),
    decision: Type.Null({ description: 'Not available in this version' }),
    decision_reason: Type.String(),
    figures: Type.Array(FigureLink),
    figures_skipped: Type.Array(FigureSkipped),
    report_url: Type.String(),
    provenance: Type.Object({ engine_version: Type.String(), seed: Type.Integer(), contract_version: Type.String() }),
  },
  { $id: 'AnalysisReply' },
);
export type AnalysisReply = Static<typeof AnalysisReply>;
