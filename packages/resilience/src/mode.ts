import { refuse } from './validate.ts';

/**
 * What a policy does with its decisions: `enforce` carries them out; `shadow` decides, emits its events marked
 * `shadow: true`, and lets every call pass; `off` does neither.
 */
export type Mode = 'enforce' | 'shadow' | 'off';

export const MODES = ['enforce', 'shadow', 'off'] as const satisfies readonly Mode[];

export function checkMode(policy: string, mode: unknown): void {
  checkChoice(`${policy}.mode`, MODES, mode);
}

/** Throws a RangeError that names the option, its choices and the value received. */
export function checkChoice(option: string, choices: readonly string[], received: unknown): void {
  if (!choices.some((choice) => choice === received)) refuse(option, `one of ${choices.join(', ')}`, received);
}

/** `retry(3, …)`, `retry(shadow: 3, …)`, `retry(off)`: a layer of the start line. */
export function describeLayer(policy: string, mode: Mode, numbers: string): string {
  if (mode === 'off') return `${policy}(off)`;
  return mode === 'shadow' ? `${policy}(shadow: ${numbers})` : `${policy}(${numbers})`;
}
