/** A series that Prometheus computes from others. */
export interface RecordingRule {
  /** Labels that are left, what it is of, and the operation with its range: `slo:slo_compliance_misses:ratio_rate5m`. */
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** critical: somebody gets up for it; warning: somebody looks at it the same day. */
export type Severity = 'critical' | 'warning';

export interface Alert {
  /** Also the title of its section in docs/runbook.md. */
  readonly alert: string;
  readonly expr: string;
  /** How long it has to hold, as Prometheus writes times. Default: it fires at once. */
  readonly for?: string;
  readonly severity: Severity;
  /** One sentence, with what the alert's labels and value tell. */
  readonly summary: string;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | Alert)[];
}

const RUNBOOK = 'docs/runbook.md';

/** The rule as Prometheus reads it. */
function written(rule: RecordingRule | Alert): object {
  if ('record' in rule) return rule;
  const { alert, expr, severity, summary } = rule;
  const annotations = { summary, runbook_url: `${RUNBOOK}#${alert.toLowerCase()}` };
  return { alert, expr, ...(rule.for !== undefined && { for: rule.for }), labels: { severity }, annotations };
}

export const ruleFile = (groups: readonly RuleGroup[]): object => ({
  groups: groups.map(({ name, rules }) => ({ name, rules: rules.map(written) })),
});
