import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportedLoad } from '../../src/engine/reported-load.ts';

describe('the load that an engine reports', () => {
  it('is what runs and what waits', () => {
    assert.equal(reportedLoad({ 'penstock-load': 'active=1;queued=3;workers=2' }), 4);
    assert.equal(reportedLoad({ 'penstock-load': 'queued=0; active=2' }), 2);
  });

  for (const value of ['', 'busy', 'active=1', 'active=-1;queued=0', 'active=x;queued=1', 'active=1e99;queued=0']) {
    it(`is not known from ${JSON.stringify(value)}`, () => assert.equal(reportedLoad({ 'penstock-load': value }), undefined));
  }

  it('is not known without the header', () => assert.equal(reportedLoad({}), undefined));
});
