import { ProblemError } from '@penstock/contracts';
import type { DatasetStore } from '@penstock/store';
import { listed, nearestHint } from './names.ts';

/** The problem of an id that names no data set, with the nearest and the existing ones. */
export async function unknownDataset(id: string, datasets: DatasetStore, field = '/dataset_id'): Promise<ProblemError> {
  const ids = (await datasets.list()).map((dataset) => dataset.id);
  return new ProblemError('dataset_not_found', `There is no data set '${id}'${nearestHint(id, ids)}`, {
    errors: [{ field, message: 'names no data set', received: id, accepted: listed(ids) }],
  });
}
