import { editDistance } from '@penstock/service-kit';

const MAX_NEAREST = 3;
const MAX_LISTED = 60;
/** Names are compared by their beginnings: the cost grows with the square of this. */
const COMPARED = 40;

/** The candidates that look most like `name`, best first; none when nothing looks like it. */
function nearestNames(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.slice(0, COMPARED).toLowerCase();
  const tolerated = Math.max(1, Math.floor(wanted.length / 2));
  return [...candidates]
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.slice(0, COMPARED).toLowerCase()) }))
    .filter(({ distance }) => distance <= tolerated)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_NEAREST)
    .map(({ candidate }) => candidate);
}

/** A list of names short enough for a reply. */
export function listed(names: readonly string[]): string[] {
  return names.length <= MAX_LISTED ? [...names] : [...names.slice(0, MAX_LISTED), `… and ${names.length - MAX_LISTED} more`];
}

/** `; nearest: 'a', 'b'`, or nothing. */
export function nearestHint(name: string, candidates: Iterable<string>): string {
  const nearest = nearestNames(name, candidates);
  return nearest.length === 0 ? '' : `; nearest: ${nearest.map((each) => `'${each}'`).join(', ')}`;
}
