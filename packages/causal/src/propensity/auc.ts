/**
 * Area under the ROC curve: the share of (treated, control) pairs that the score orders rightly, ties
 * counted half (the Mann–Whitney statistic over n1·n0).
 * @param sortedTreated, sortedControl scores of each group, ascending
 */
export function auc(sortedTreated: Float64Array, sortedControl: Float64Array): number {
  let below = 0;
  let upTo = 0;
  let wins = 0;
  for (const score of sortedTreated) {
    while (below < sortedControl.length && sortedControl[below]! < score) below++;
    while (upTo < sortedControl.length && sortedControl[upTo]! <= score) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (sortedTreated.length * sortedControl.length);
}
