import type { ResolvedOptions } from '@penstock/contracts';
import { type AnalysisInput, NotApplicable } from '../types.ts';
import type { CovarianceSpec } from './covariance.ts';

/**
 * The covariance that the options ask for.
 * @throws NotApplicable when a clustered one is asked for and no cluster column is mapped
 */
export function covarianceChoice(input: Pick<AnalysisInput, 'clusters'>, options: ResolvedOptions): CovarianceSpec {
  if (options.covariance !== 'cluster') return { kind: options.covariance };
  if (input.clusters.length === 0) throw new NotApplicable("covariance 'cluster' needs a column with the role 'cluster'");
  return { kind: 'cluster', clusters: input.clusters, smallSample: options.small_sample };
}

/** What a result says about its covariance: the name, and for a clustered one its correction and columns. */
export function describeCovariance(spec: CovarianceSpec): Record<string, unknown> {
  if (spec.kind !== 'cluster') return { covariance: spec.kind, small_sample: spec.kind === 'classical' ? null : spec.kind };
  return {
    covariance: 'cluster',
    small_sample: spec.smallSample,
    clusters: spec.clusters.map((cluster) => ({ name: cluster.name, groups: new Set(cluster.codes).size })),
  };
}
