import { ERROR_TABLE, problemType } from '../packages/contracts/src/index.ts';
import { writeGenerated } from './write-generated.ts';

const rows = Object.entries(ERROR_TABLE).map(
  ([code, { status, title, retryable, meaning }]) =>
    `| \`${code}\` | ${status} | ${title} | ${retryable ? 'yes' : 'no'} | ${meaning} |`,
);

const text = `# Errors

Every error is \`application/problem+json\` (RFC 9457) with these members: \`type\` (\`${problemType('not_found').replace('not_found', '<code>')}\`), \`title\`, \`status\`, \`code\`, \`detail\`, \`retryable\`, \`instance\` (the route), \`layer\` (what refused or failed: drain, admission, idempotency, deadline, breaker, retry, bulkhead, timeout, gateway, engine), \`retry_after_s\` (also as the header \`Retry-After\`), \`trace_id\` (to be pasted into Jaeger) and \`errors\` (for bad input: field, message, value received, what is accepted). Replies of 5xx carry \`Proxy-Status\` (RFC 9209).

Codes are never reused. "Retry" says whether the same request may succeed later unchanged.

| code | status | title | retry | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`;

await writeGenerated('docs/errors.md', text);
