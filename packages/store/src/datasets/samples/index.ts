import { cutoffSample } from './cutoff.ts';
import { instrumentSample } from './instrument.ts';
import { miniRetailSample } from './mini-retail.ts';
import { panelSample } from './panel.ts';
import type { Sample } from './sample.ts';
import { testSample } from './test-sample.ts';
import { trialSample } from './trial.ts';

/** Every sample data set, one per design, made anew from its seed. */
export function samples(): readonly Sample[] {
  return [testSample(), miniRetailSample(), trialSample(), panelSample(), cutoffSample(), instrumentSample()];
}
