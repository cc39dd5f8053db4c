import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import { Dataset, LIMITS, ProblemError } from '@penstock/contracts';
import type { ServiceApp } from '@penstock/service-kit';
import type { DatasetStore, UploadHints } from '@penstock/store';
import type { Metrics } from '@penstock/telemetry';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';

const Query = Type.Object(
  { name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) },
  { additionalProperties: false },
);

/** POST /api/datasets. In a scope of its own: its bodies are streams of any type. */
export async function registerUploadRoute(app: ServiceApp, datasets: DatasetStore, { series }: Metrics<'engine'>): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(multipart, { limits: { files: 1, fileSize: Number.MAX_SAFE_INTEGER } });
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.post(
    '/api/datasets',
    {
      schema: {
        tags: ['data sets'],
        summary: 'Uploads a data set: CSV, TSV, NDJSON, JSON or Parquet, each also gzipped; a raw body or multipart/form-data',
        querystring: Query,
        response: { 201: Dataset },
      },
      bodyLimit: LIMITS.uploadBytes,
    },
    async (request, reply) => {
      refuseTooLarge(request.headers['content-length']);
      const { source, ...file } = request.isMultipart() ? await firstFile(request) : rawBody(request);
      const { name } = request.query;
      const hints: UploadHints = {
        ...file,
        ...(name !== undefined && { name }),
        maxBytes: LIMITS.uploadBytes,
        signal: request.work,
      };
      try {
        const dataset = await datasets.create(sparing(source), hints);
        series.file_size_processed_bytes.observe(dataset.bytes);
        return await reply
          .code(201)
          .header('location', `/api/datasets/${encodeURIComponent(dataset.id)}`)
          .send(dataset);
      } catch (error) {
        // A source that broke off because its sender left is told as that.
        request.work.throwIfAborted();
        throw request.isMultipart() ? asFormProblem(error) : error;
      } finally {
        // What is left unread is read and dropped: closing the connection under a sender would lose the reply.
        source.resume();
        request.raw.unpipe();
        request.raw.resume();
      }
    },
  );
}

type Upload = Pick<UploadHints, 'contentType' | 'filename'> & { readonly source: Readable };

function refuseTooLarge(contentLength: string | undefined): void {
  if (Number(contentLength) <= LIMITS.uploadBytes || contentLength === undefined) return;
  throw new ProblemError('payload_too_large', `The upload has ${contentLength} bytes; at most ${LIMITS.uploadBytes} are taken`);
}

function rawBody(request: FastifyRequest): Upload {
  const contentType = request.headers['content-type'];
  return { source: request.raw, ...(contentType !== undefined && { contentType }) };
}

async function firstFile(request: FastifyRequest): Promise<Upload> {
  const part = await request.file().catch((error: unknown) => {
    throw asFormProblem(error);
  });
  if (part === undefined) {
    throw new ProblemError('invalid_request', 'The form has no file; send the data set as its first file part', {
      errors: [{ field: '/', message: 'has no file part', accepted: 'one part with a filename' }],
    });
  }
  return {
    source: part.file,
    contentType: part.mimetype,
    ...(part.filename !== undefined && part.filename !== '' && { filename: part.filename }),
  };
}

/** The same bytes; destroying it leaves the source alone, whose connection has still to carry the reply. */
const sparing = (source: Readable): Readable => Readable.from(source.iterator({ destroyOnReturn: false }), { objectMode: false });

/** Errors of the form's parser have no code: no boundary, a malformed part, a form that breaks off. */
function asFormProblem(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error) return error;
  return new ProblemError('invalid_request', `The multipart form cannot be read: ${error.message}`, { cause: error });
}
