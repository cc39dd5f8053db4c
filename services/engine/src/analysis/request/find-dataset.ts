import { type Dataset, ProblemError } from '@penstock/contracts';
import type { DatasetStore } from '@penstock/store';
import { listed, nearestHint } from './names.ts';

/**
 * The data set of that id.
 * @param field where the id was given, for the error
 * @throws ProblemError dataset_not_found with the nearest and the existing ids
 */
export async function findDataset(datasets: DatasetStore, id: string, field = '/dataset_id'): Promise<Dataset> {
  // No text in PostgreSQL can hold NUL: it would refuse to look.
  const found = id.includes('\0') ? undefined : await datasets.get(id);
  if (found !== undefined) return found;
  const ids = (await datasets.list()).map((dataset) => dataset.id);
  throw new ProblemError('dataset_not_found', `There is no data set '${id}'${nearestHint(id, ids)}`, {
    errors: [{ field, message: 'names no data set', received: id, accepted: listed(ids) }],
  });
}
