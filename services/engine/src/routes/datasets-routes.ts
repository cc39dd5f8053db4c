import { Dataset, DatasetList, RolesInferReply, RolesInferRequest } from '@penstock/contracts';
import type { ServiceApp } from '@penstock/service-kit';
import type { DatasetStore } from '@penstock/store';
import Type from 'typebox';
import { findDataset } from '../analysis/request/find-dataset.ts';

const Params = Type.Object({ id: Type.String() });
const TAGS = ['data sets'];

/** Data sets that exist, and the roles that their columns may have. */
export function registerDatasetsRoutes(app: ServiceApp, datasets: DatasetStore): void {
  app.get(
    '/api/datasets',
    { schema: { tags: TAGS, summary: 'All data sets: samples first, then the newest', response: { 200: DatasetList } } },
    async () => ({ datasets: await datasets.list() }),
  );

  app.get(
    '/api/datasets/:id',
    {
      schema: {
        tags: TAGS,
        summary: 'A data set: columns, ranges, preview, suggested roles',
        params: Params,
        response: { 200: Dataset },
      },
    },
    (request) => findDataset(datasets, request.params.id, 'params:id'),
  );

  app.delete(
    '/api/datasets/:id',
    { schema: { tags: TAGS, summary: 'Removes an uploaded data set', params: Params, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { id } = request.params;
      await findDataset(datasets, id, 'params:id');
      await datasets.remove(id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/roles/infer',
    {
      schema: {
        tags: TAGS,
        summary: 'Suggests roles for the columns of a data set, with reasons',
        body: RolesInferRequest,
        response: { 200: RolesInferReply },
      },
    },
    async (request) => {
      const { dataset_id } = request.body;
      const { suggested_roles } = await findDataset(datasets, dataset_id);
      return { dataset_id, suggested_roles };
    },
  );
}
