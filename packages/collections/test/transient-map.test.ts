import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TransientMap } from '../src/index.ts';
import { keptAfterChurn } from './kept-after-churn.ts';

const valuesOf = (map: TransientMap<string, { name: string }>): string[] => [...map.values()].map(({ name }) => name);

describe('TransientMap', () => {
  it('has the value that a key was set to last, in the place where the key came', () => {
    const map = new TransientMap<string, { name: string }>();
    map.set('a', { name: 'first' });
    map.set('b', { name: 'b' });
    map.set('a', { name: 'second' });
    assert.deepEqual([map.get('a'), map.get('c'), map.size], [{ name: 'second' }, undefined, 2]);
    assert.deepEqual(valuesOf(map), ['second', 'b']);
  });

  it('forgets what is deleted, and tells whether there was anything', () => {
    const map = new TransientMap<string, { name: string }>();
    map.set('a', { name: 'a' });
    map.set('b', { name: 'b' });
    assert.deepEqual([map.delete('a'), map.delete('a'), map.get('a'), map.size], [true, false, undefined, 1]);
    map.set('a', { name: 'again' });
    assert.deepEqual(valuesOf(map), ['b', 'again']);
  });

  it('is empty once cleared', () => {
    const map = new TransientMap<string, { name: string }>();
    map.set('a', { name: 'a' });
    map.clear();
    assert.deepEqual([map.size, map.get('a'), valuesOf(map)], [0, undefined, []]);
  });

  it('may lose values while they are gone through: those that have not come yet are left out', () => {
    const map = new TransientMap<string, { name: string }>();
    for (const name of ['a', 'b', 'c']) map.set(name, { name });
    const seen: string[] = [];
    for (const { name } of map.values()) {
      seen.push(name);
      map.delete('a');
      map.delete('b');
    }
    assert.deepEqual(seen, ['a', 'c']);
  });

  it('leaves the values that have left to the next scavenge, where a Map keeps nearly all of them', () => {
    const [map, transient] = [keptAfterChurn('Map'), keptAfterChurn('TransientMap')];
    assert.ok(transient < map / 5, `${transient} bytes are kept, ${map} by a Map`);
  });
});
