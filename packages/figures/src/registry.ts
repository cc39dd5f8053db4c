import type { Figure } from './figure.ts';

/** Every figure that this version draws, in the order they are shown. */
export const figures: readonly Figure[] = Object.freeze([]);
