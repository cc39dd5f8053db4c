import { AnalysisReply, AnalysisRequest, ProblemError } from '@penstock/contracts';
import type { ServiceApp } from '@penstock/service-kit';
import type { Analyzer, Answer } from '../analysis/analyzer.ts';
import { parseJson } from '../analysis/request/parse-json.ts';
import { readRequest } from '../analysis/request/read-request.ts';

/** POST /api/analyze/comprehensive. In a scope of its own: its bodies are parsed strictly. */
export function registerAnalyzeRoute(app: ServiceApp, analyzer: Analyzer, timeoutMs: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
  app.post(
    '/api/analyze/comprehensive',
    {
      schema: {
        tags: ['analyses'],
        summary: 'Estimates an effect by every method that the mapped columns allow',
        body: AnalysisRequest,
        response: { 200: AnalysisReply },
      },
      config: { timeoutMs },
      // The handler validates: exact bytes identify a request, and its errors name fields in words.
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      refuseAsync(request.headers.prefer);
      const bytes = request.body as unknown as Buffer | undefined;
      const asked = readRequest(parseJson(bytes ?? Buffer.alloc(0)));
      const answer = await analyzer.analyze(asked, bytes as Buffer, {
        span: request.span,
        signal: request.work,
        priority: request.priority,
      });
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .header('cache-status', cacheStatus(answer))
        .header('server-timing', serverTiming(answer))
        .send(answer.body as never);
    },
  );
}

function refuseAsync(prefer: string | string[] | undefined): void {
  if (prefer === undefined || !/(^|[,;\s])respond-async\b/i.test(String(prefer))) return;
  throw new ProblemError(
    'not_available',
    'Background jobs (Prefer: respond-async) are not available in this version; leave the header out and wait for the reply',
    {
      errors: [{ field: 'header:prefer', message: 'respond-async is not available in this version', received: 'respond-async' }],
    },
  );
}

/** RFC 9211. */
const cacheStatus = ({ source }: Answer): string =>
  source === 'exact' || source === 'semantic' ? `engine; hit; detail=${source}` : `engine; fwd=miss; detail=${source}`;

const serverTiming = ({ source, timings }: Answer): string =>
  [`source;desc="${source}"`, ...Object.entries(timings).map(([name, ms]) => `${name};dur=${Math.max(0, ms).toFixed(1)}`)].join(
    ', ',
  );
