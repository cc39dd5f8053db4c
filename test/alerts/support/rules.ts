import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { namesIn } from '../../support/promql.ts';

const folder = path.join(import.meta.dirname, '../../../deploy/prometheus');

export interface Recorded {
  readonly record: string;
  readonly expr: string;
}
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (Recorded | Alert)[] }[];
}

/** The rule files, as `rule_files` of prometheus.yml names them. */
export const RULE_FILES: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith('.rules.yml'))
  .sort()
  .map((file) => path.join(folder, file));

export const readRules = (file: string): RuleFile => parse(readFileSync(file, 'utf8')) as RuleFile;

/** The files without which an alert cannot be computed: its own, and that of what it reads. */
export const filesOf = ({ alert, expr }: Alert): readonly string[] => {
  const read = namesIn(expr);
  const needed = (rule: Recorded | Alert): boolean => ('alert' in rule ? rule.alert === alert : read.has(rule.record));
  return RULE_FILES.filter((file) => readRules(file).groups.some(({ rules }) => rules.some(needed)));
};

const all = RULE_FILES.flatMap((file) => readRules(file).groups.flatMap(({ rules }) => rules));

export const ALERTS: readonly Alert[] = all.filter((rule) => 'alert' in rule);
export const RECORDED: readonly Recorded[] = all.filter((rule) => 'record' in rule);
