/** Stands for "no limit", in milliseconds: the longest delay that a timer takes, 24 days. No timer is armed for it. */
export const UNLIMITED_MS = 2 ** 31 - 1;

/** `1s`, `0.25s`: durations inside a formula. */
export const compactSeconds = (ms: number): string => `${ms / 1000}s`;

/** `120 s`, `0.5 s`: durations in a sentence. */
export const spacedSeconds = (ms: number): string => `${ms / 1000} s`;

/** `20 %`, rounded to a tenth, so that 0.07 does not print as 7.000000000000001. */
export const percent = (ratio: number): string => `${Math.round(ratio * 1000) / 10} %`;
