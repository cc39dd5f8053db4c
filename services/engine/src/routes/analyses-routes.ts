import { AnalysisReply, ProblemError } from '@penstock/contracts';
import type { ServiceApp } from '@penstock/service-kit';
import type { AnalysisStore } from '@penstock/store';
import Type from 'typebox';
import { sendImmutable } from '../plugins/immutable.ts';

const Params = Type.Object({ id: Type.String() });
const FigureParams = Type.Object({ id: Type.String(), name: Type.String() });
const ID = /^[0-9a-f]{64}$/;
const FIGURE = /^\w{1,64}$/;
const TAGS = ['analyses'];

/** Stored analyses, their figures and reports. */
export function registerAnalysesRoutes(app: ServiceApp, analyses: AnalysisStore): void {
  app.get(
    '/api/analyses/:id',
    {
      schema: {
        tags: TAGS,
        summary: 'A stored analysis, as it was first answered',
        params: Params,
        response: { 200: AnalysisReply },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const body = ID.test(id) ? (await analyses.get(id))?.body : undefined;
      if (body === undefined) throw unknownAnalysis(id);
      return sendImmutable(request, reply, { etag: id, type: 'application/json; charset=utf-8', body });
    },
  );

  app.get(
    '/api/analyses/:id/figures/:name.svg',
    { schema: { tags: TAGS, summary: 'A figure of a stored analysis, as SVG', params: FigureParams } },
    async (request, reply) => {
      const { id, name } = request.params;
      const body = ID.test(id) && FIGURE.test(name) ? await analyses.figure(id, name) : undefined;
      if (body === undefined) throw await unknownFigure(analyses, id, name);
      return sendImmutable(request, reply, { etag: `${id}/${name}.svg`, type: 'image/svg+xml; charset=utf-8', body });
    },
  );

  app.get(
    '/api/analyses/:id/report.html',
    { schema: { tags: TAGS, summary: 'The report of a stored analysis: one self-contained page', params: Params } },
    async (request, reply) => {
      const { id } = request.params;
      const body = ID.test(id) ? await analyses.report(id) : undefined;
      if (body === undefined) throw unknownAnalysis(id);
      return sendImmutable(request, reply, { etag: `${id}/report.html`, type: 'text/html; charset=utf-8', body });
    },
  );
}

const unknownAnalysis = (id: string): ProblemError => new ProblemError('analysis_not_found', `There is no analysis '${id}'`);

async function unknownFigure(analyses: AnalysisStore, id: string, name: string): Promise<ProblemError> {
  if (!ID.test(id) || (await analyses.get(id)) === undefined) return unknownAnalysis(id);
  const accepted = await analyses.figureNames(id);
  return new ProblemError('figure_not_found', `The analysis has no figure '${name}'; it has: ${accepted.join(', ') || 'none'}`, {
    errors: [{ field: 'params:name', message: 'is no figure of this analysis', received: name, accepted }],
  });
}
