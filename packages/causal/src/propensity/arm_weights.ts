import type { PropensityModel } from './model.ts';

/**
 * Inverse-probability weights of one arm, length n, zero outside the arm; and how each moves with the
 * linear predictor η of the propensity model, which the sandwich needs.
 */
export interface ArmWeights {
  readonly weights: Float64Array;
  /** ∂weight/∂η */
  readonly slope: Float64Array;
}

export interface BothArms {
  readonly treated: ArmWeights;
  readonly control: ArmWeights;
}

/**
 * ATE: W/e and (1 − W)/(1 − e), written as 1 + exp(∓η), which keeps its digits where e is next to 0 or 1.
 * @param treatment 0/1, length n
 */
export function ateWeights(model: PropensityModel, treatment: Float64Array): BothArms {
  const [treated, control] = [arm(treatment.length), arm(treatment.length)];
  for (let i = 0; i < treatment.length; i++) {
    const eta = model.linear[i]!;
    if (treatment[i] === 1) {
      treated.slope[i] = -Math.exp(-eta);
      treated.weights[i] = 1 + Math.exp(-eta);
    } else {
      control.slope[i] = Math.exp(eta);
      control.weights[i] = 1 + Math.exp(eta);
    }
  }
  return { treated, control };
}

/** ATT: W and (1 − W)·e/(1 − e) = (1 − W)·exp(η). @param treatment 0/1, length n */
export function attWeights(model: PropensityModel, treatment: Float64Array): BothArms {
  const [treated, control] = [arm(treatment.length), arm(treatment.length)];
  for (let i = 0; i < treatment.length; i++) {
    if (treatment[i] === 1) {
      treated.weights[i] = 1;
    } else {
      const odds = Math.exp(model.linear[i]!);
      control.slope[i] = odds;
      control.weights[i] = odds;
    }
  }
  return { treated, control };
}

function arm(n: number): ArmWeights {
  return { weights: new Float64Array(n), slope: new Float64Array(n) };
}
