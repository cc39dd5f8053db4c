/** Milliseconds since the Unix epoch with fractions: the same clock in every thread, and it never goes back. */
export const epochMs = (): number => performance.timeOrigin + performance.now();
