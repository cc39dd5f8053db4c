/** The values of one column split by treatment, in row order. */
export interface Groups {
  readonly treated: Float64Array;
  readonly control: Float64Array;
}

/** @param treatment 0/1, length n */
export function splitByTreatment(values: Float64Array, treatment: Float64Array): Groups {
  let nTreated = 0;
  for (let i = 0; i < treatment.length; i++) if (treatment[i] === 1) nTreated++;
  const treated = new Float64Array(nTreated);
  const control = new Float64Array(treatment.length - nTreated);
  let t = 0;
  let c = 0;
  for (let i = 0; i < treatment.length; i++) {
    if (treatment[i] === 1) treated[t++] = values[i]!;
    else control[c++] = values[i]!;
  }
  return { treated, control };
}
