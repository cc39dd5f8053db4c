import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransientSet } from '../src/index.ts';
import { keptAfterChurn } from './kept-after-churn.ts';

const named = (...names: string[]) => {
  const set = new TransientSet<{ name: string }>();
  const places = names.map((name) => set.add({ name }));
  const left = (): string[] => set.all().map(({ name }) => name);
  return { set, places, left };
};

describe('TransientSet', () => {
  it('has what came, in that order, without what has left from anywhere', () => {
    const { set, places, left } = named('a', 'b', 'c', 'd', 'e');
    for (const [index, remaining] of [
      [2, 'abde'],
      [0, 'bde'],
      [4, 'bd'],
      [3, 'b'],
      [1, ''],
    ] as const) {
      assert.equal(set.delete(places[index]!), true);
      assert.equal(left().join(''), remaining);
      assert.equal(set.size, remaining.length);
    }
    set.add({ name: 'f' });
    assert.deepEqual(left(), ['f']);
  });

  it('lets nothing leave twice', () => {
    const { set, places, left } = named('a', 'b');
    set.delete(places[0]!);
    assert.equal(set.delete(places[0]!), false);
    assert.deepEqual([set.size, left()], [1, ['b']]);
  });

  it('has an item as often as it came', () => {
    const set = new TransientSet<object>();
    const item = {};
    const first = set.add(item);
    set.add(item);
    set.delete(first);
    assert.deepEqual(set.all(), [item]);
  });

  it('gives what came first to whoever shifts, and undefined when there is nothing', () => {
    const { set, places, left } = named('a', 'b', 'c');
    set.delete(places[1]!);
    assert.deepEqual([set.shift()?.name, set.shift()?.name, set.shift(), set.size], ['a', 'c', undefined, 0]);
    assert.equal(set.delete(places[0]!), false);
    set.add({ name: 'd' });
    assert.deepEqual(left(), ['d']);
  });

  it('tells all that was there when asked, whatever leaves or comes meanwhile', () => {
    const { set, places } = named('a', 'b', 'c');
    const seen: string[] = [];
    for (const { name } of set.all()) {
      seen.push(name);
      for (const place of places) set.delete(place);
      set.add({ name: 'late' });
    }
    assert.deepEqual(seen, ['a', 'b', 'c']);
  });

  it('leaves what has left to the next scavenge, where a Set keeps nearly all of it', () => {
    const [set, transient] = [keptAfterChurn('Set'), keptAfterChurn('TransientSet')];
    assert.ok(transient < set / 20, `${transient} bytes are kept, ${set} by a Set`);
  });
});
