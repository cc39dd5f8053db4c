import { percent } from '../units.ts';

/** A named way of spreading backoff. `ratio` of proportional: 0–1, 0.2 means ±20 %. */
export type Jitter =
  | { readonly kind: 'none' }
  | { readonly kind: 'proportional'; readonly ratio: number }
  | { readonly kind: 'equal' }
  | { readonly kind: 'full' }
  | { readonly kind: 'decorrelated' };

export const JITTERS = ['none', 'proportional', 'equal', 'full', 'decorrelated'] as const satisfies readonly Jitter['kind'][];

export function describeJitter(jitter: Jitter): string {
  if (jitter.kind === 'proportional') return `±${percent(jitter.ratio)}`;
  return jitter.kind === 'none' ? 'no jitter' : `${jitter.kind} jitter`;
}
