import { estimatorForestPlot } from './estimator-forest-plot.ts';
import type { Figure } from './figure.ts';
import { lovePlot } from './love-plot.ts';
import { propensityOverlap } from './propensity-overlap.ts';
import { weights } from './weights.ts';

/** Every figure that this version draws, in the order they are shown. */
export const figures: readonly Figure[] = Object.freeze([estimatorForestPlot, lovePlot, propensityOverlap, weights]);
