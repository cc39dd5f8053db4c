import { type ErrorCode, type FieldError, ProblemError, shown } from '@penstock/contracts';
import type { FastifyError, FastifyRequest, FastifySchemaValidationError } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types of the bodies that the route takes. Default: application/json. */
    accepts?: readonly string[];
  }
}

const BY_FASTIFY_CODE: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_VALIDATION: 'invalid_request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_header',
  FST_ERR_BAD_URL: 'invalid_request',
  FST_ERR_MAX_PARAM_LENGTH: 'uri_too_long',
  FST_PARTS_LIMIT: 'invalid_request',
  FST_FILES_LIMIT: 'invalid_request',
  FST_FIELDS_LIMIT: 'invalid_request',
  FST_REQ_FILE_TOO_LARGE: 'payload_too_large',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'unsupported_media_type',
  FST_NO_FORM_DATA: 'unsupported_media_type',
};

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  404: 'not_found',
  408: 'request_timeout',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
};

/** The row of the error table for anything thrown. What is not known is `internal`, and says nothing of its inside. */
export function asProblem(error: unknown, request?: FastifyRequest): ProblemError {
  if (error instanceof ProblemError) return error;
  const { code, statusCode, validation, message } = (error ?? {}) as Partial<FastifyError>;
  const known = BY_FASTIFY_CODE[code ?? ''] ?? BY_STATUS[statusCode ?? 500];
  if (known === undefined) {
    return new ProblemError('internal', 'Something unexpected happened. The trace id finds it in the logs.', { cause: error });
  }
  if (validation !== undefined) return validationProblem(validation, error as FastifyError);
  return new ProblemError(known, detailOf(known, request) ?? message ?? known, { cause: error });
}

function detailOf(code: ErrorCode, request: FastifyRequest | undefined): string | undefined {
  if (request === undefined) return undefined;
  if (code === 'unsupported_media_type') {
    const { accepts = ['application/json'] } = request.routeOptions.config;
    return `Received ${String(shown(request.headers['content-type'] ?? 'no Content-Type'))}; this route takes ${accepts.join(', ')}`;
  }
  if (code === 'payload_too_large')
    return `The body is larger than the ${request.routeOptions.bodyLimit} bytes that this route takes`;
  return undefined;
}

function validationProblem(validation: readonly FastifySchemaValidationError[], error: FastifyError): ProblemError {
  const where = error.validationContext ?? 'body';
  const errors = validation.map((each) => fieldError(each, where));
  return new ProblemError('invalid_request', errors.map(({ field, message }) => `${field} ${message}`).join('; '), { errors });
}

function fieldError({ instancePath, keyword, params, message }: FastifySchemaValidationError, where: string): FieldError {
  const parent = where === 'body' ? instancePath : `${where}:${instancePath.replace(/^\//, '')}`;
  const missing = params.missingProperty;
  const unknown = params.additionalProperty;
  if (keyword === 'required') return { field: `${parent}/${String(missing)}`, message: 'is required' };
  if (keyword === 'additionalProperties') {
    return { field: `${parent}/${String(shown(unknown))}`, message: 'is not a field of this request' };
  }
  const accepted = params.allowedValues ?? params.limit ?? params.type;
  return { field: parent === '' ? '/' : parent, message: message ?? keyword, ...(accepted !== undefined && { accepted }) };
}
