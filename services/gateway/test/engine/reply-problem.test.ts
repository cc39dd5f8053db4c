import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError, toProblem } from '@penstock/contracts';
import { problemOfReply } from '../../src/engine/reply-problem.ts';

const reply = (status: number, type: string, body: string, headers: Record<string, string> = {}) => ({
  status,
  headers: { 'content-type': type, ...headers },
  body: Buffer.from(body),
});
const engineProblem = (error: ProblemError, headers = {}) =>
  reply(error.status, 'application/problem+json; charset=utf-8', JSON.stringify(toProblem(error)), headers);

describe('what the engine’s reply means', () => {
  it('passes a reply of the contract on, whether success or the caller’s mistake', () => {
    assert.equal(problemOfReply(reply(200, 'application/json; charset=utf-8', '{}'), 'application/json', 0), undefined);
    assert.equal(problemOfReply(reply(204, '', ''), 'application/json', 0), undefined);
    assert.equal(problemOfReply(engineProblem(new ProblemError('dataset_not_found', 'no')), 'application/json', 0), undefined);
    assert.equal(problemOfReply(engineProblem(new ProblemError('not_available', 'no')), 'application/json', 0), undefined);
  });

  for (const [what, wrong] of [
    ['another media type', reply(200, 'text/html', '<html>')],
    ['an empty body', reply(200, 'application/json', '')],
    ['a redirect', reply(302, 'text/plain', 'elsewhere')],
    ['a 4xx that is no problem', reply(404, 'text/html', 'nginx')],
  ] as const) {
    it(`answers ${what} with 502 bad_engine_reply`, () => {
      assert.equal(problemOfReply(wrong, 'application/json', 0)?.code, 'bad_engine_reply');
    });
  }

  it('keeps the engine’s own refusals with their Retry-After', () => {
    const problem = problemOfReply(
      engineProblem(new ProblemError('overloaded', 'queue full'), { 'retry-after': '7' }),
      'application/json',
      0,
    );
    assert.equal(problem?.code, 'overloaded');
    assert.equal(problem?.options.retryAfterS, 7);
    assert.equal(problem?.options.layer, 'engine');
    assert.equal(
      problemOfReply(engineProblem(new ProblemError('deadline_exceeded', 'late')), 'application/json', 0)?.code,
      'deadline_exceeded',
    );
  });

  for (const status of [500, 502, 503]) {
    it(`answers a last ${status} with 503 engine_unavailable, and does not pass on words that are not the engine’s`, () => {
      const problem = problemOfReply(reply(status, 'text/html', 'secret stack'), 'application/json', 0);
      assert.equal(problem?.code, 'engine_unavailable');
      assert.match(problem.message, new RegExp(String(status)));
      assert.doesNotMatch(problem.message, /secret/);
    });
  }
});
