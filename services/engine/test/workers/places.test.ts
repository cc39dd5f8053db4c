import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Priority } from '@penstock/resilience';
import { Places } from '../../src/workers/places.ts';

const never = new AbortController().signal;
const interactive = (): Priority => 'interactive';

/** One place, taken, and callers who wait for it under their names. */
class Queue {
  readonly places: Places;
  readonly begun: string[] = [];

  constructor({ adaptive = true } = {}) {
    this.places = new Places({ count: 1, adaptive });
    void this.places.take(interactive, never);
  }

  wait(name: string, { priority = 'interactive' as Priority, signal = never } = {}): void {
    void this.places
      .take(() => priority, signal)
      .then(
        () => this.begun.push(name),
        () => undefined,
      );
  }

  /** Callers come and hang up before their turn. */
  giveUp(count: number): void {
    for (let i = 0; i < count; i++) {
      const leaving = new AbortController();
      this.wait(`gave up ${i}`, { signal: leaving.signal });
      leaving.abort(new Error('gone'));
    }
  }

  async serve(count: number): Promise<readonly string[]> {
    for (let i = 0; i < count; i++) this.places.release('served');
    await Promise.resolve();
    return this.begun;
  }
}

describe('the places of a worker pool', () => {
  it('are given first come, first served', async () => {
    const queue = new Queue();
    for (const name of ['first', 'second', 'third']) queue.wait(name);
    assert.deepEqual(await queue.serve(3), ['first', 'second', 'third']);
  });

  it('go to the newest once three callers in a row have given up waiting', async () => {
    const queue = new Queue();
    queue.giveUp(2);
    assert.equal(queue.places.newestFirst, false);
    queue.giveUp(1);
    assert.equal(queue.places.newestFirst, true);
    queue.giveUp(10);
    for (const name of ['first', 'second', 'third']) queue.wait(name);
    assert.deepEqual(await queue.serve(3), ['third', 'second', 'first']);
  });

  it('go to the newest as well when callers give up at their place, because of the wait before it', async () => {
    const queue = new Queue();
    for (const name of ['first', 'second', 'third', 'fourth', 'fifth']) queue.wait(name);
    for (let i = 0; i < 3; i++) queue.places.release('given_up');
    await Promise.resolve();
    assert.deepEqual(queue.begun, ['first', 'second', 'fifth']);
  });

  it('are first come, first served again once most callers bear the wait', async () => {
    const queue = new Queue();
    queue.giveUp(50);
    assert.equal(queue.places.newestFirst, true);
    for (let i = 0; i < 14; i++) queue.wait(`served ${i}`);
    await queue.serve(14);
    assert.equal(queue.places.newestFirst, false);
    queue.begun.length = 0;
    for (const name of ['first', 'second']) queue.wait(name);
    assert.deepEqual(await queue.serve(2), ['first', 'second']);
  });

  it('stay in their order when one of five callers gives up', async () => {
    const queue = new Queue();
    for (let round = 0; round < 40; round++) {
      queue.giveUp(1);
      for (let i = 0; i < 4; i++) queue.wait('served');
      await queue.serve(4);
      assert.equal(queue.places.newestFirst, false);
    }
  });

  it('go to interactive work before batch work in either order', async () => {
    const queue = new Queue();
    queue.giveUp(10);
    queue.wait('interactive 1');
    queue.wait('interactive 2');
    queue.wait('batch', { priority: 'batch' });
    assert.deepEqual(await queue.serve(3), ['interactive 2', 'interactive 1', 'batch']);
  });

  it('are first come, first served whoever gives up, where the order is not to adapt', async () => {
    const queue = new Queue({ adaptive: false });
    queue.giveUp(10);
    for (const name of ['first', 'second']) queue.wait(name);
    assert.deepEqual(await queue.serve(2), ['first', 'second']);
  });
});
