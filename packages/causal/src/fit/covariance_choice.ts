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

const SMALL_SAMPLE_OF = {
  classical: '1/(n-k)',
  HC0: 'none',
  HC1: 'n/(n-k)',
  HC2: '1/(1-h)',
  HC3: '1/(1-h)^2',
  HC4: '1/(1-h)^min(4,nh/k)',
} as const;

/** What a result says about its covariance: its name, the small-sample correction and the cluster columns. */
export function describeCovariance(spec: CovarianceSpec): Record<string, unknown> {
  if (spec.kind !== 'cluster') return { covariance: spec.kind, small_sample: SMALL_SAMPLE_OF[spec.kind] };
  return {
    covariance: 'cluster',
    small_sample: spec.smallSample,
    clusters: spec.clusters.map((cluster) => ({ name: cluster.name, groups: new Set(cluster.codes).size })),
  };
}
