import type { AnalysisReply, Problem } from '../../packages/contracts/src/index.ts';

/** The README's request; `options` make it a distinct one. */
export const analysisRequest = (options?: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  dataset_id: 'test',
  mapping: { y: 'y', treatment: 'w', unit_id: 'id' },
  ...(options !== undefined && { options }),
});

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  readonly text: string;
  readonly ms: number;
}

/** Sends a request and reads the whole reply. Rejects as fetch does when the connection is refused or cut. */
export async function send<T = AnalysisReply & Problem>(url: string, init: RequestInit = {}): Promise<Answer<T>> {
  const startedAt = performance.now();
  const reply = await fetch(url, init);
  const text = await reply.text();
  const ms = performance.now() - startedAt;
  const isJson = (reply.headers.get('content-type') ?? '').includes('json');
  return { status: reply.status, headers: reply.headers, body: (isJson ? JSON.parse(text) : undefined) as T, text, ms };
}

export const analyze = (base: string, body: unknown, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal) =>
  send(`${base}/api/analyze/comprehensive`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal !== undefined && { signal }),
  });

/** Uploads CSV text as a data set, returns its id. */
export async function upload(base: string, csv: string): Promise<string> {
  const answer = await send<{ id: string }>(`${base}/api/datasets`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: csv,
  });
  if (answer.status !== 201) throw new Error(`upload answered ${answer.status}: ${answer.text}`);
  return answer.body.id;
}
