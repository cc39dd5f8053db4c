import { ERROR_TABLE, problemType } from '../packages/contracts/src/index.ts';
import { writeGenerated } from './write-generated.ts';

const rows = Object.entries(ERROR_TABLE).map(
  ([code, { status, title, retryable, meaning }]) =>
    `| \`${code}\` | ${status} | ${title} | ${retryable ? 'yes' : 'no'} | ${meaning} |`,
);

const text = `# Errors

Every error is \`application/problem+json\` (RFC 9457) with these members: \`type\` (\`${problemType('not_found').replace('not_found', '<code>')}\`), \`title\`, \`status\`, \`code\`, \`detail\`, \`retryable\`, \`instance\` (the route), \`layer\` (what refused or failed: drain, admission, idempotency, deadline, breaker, retry, bulkhead, timeout, gateway, engine), \`retry_after_s\` (also as the header \`Retry-After\`), \`trace_id\` (to be pasted into Jaeger) and \`errors\` (for bad input: field, message, value received, what is accepted). Replies of 5xx, and refusals of a layer with 409, 422 or 429, carry \`Proxy-Status\` (RFC 9209) with the layer and what its refusal rests on: \`gateway; error=destination_unavailable; details="bulkhead: overloaded (because=full, inFlight=8, queued=0)"\`. Where the engine refused, its own comes first. The same stands on the request's span as the event \`request.refused\`.

Codes are never reused. "Retry" says whether the same request may succeed later unchanged.

| code | status | title | retry | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`;

await writeGenerated('docs/errors.md', text);
