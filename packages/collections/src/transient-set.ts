/** Where an item of a set stands: what takes it out again. */
export interface Place<T> {
  item: T | undefined;
  before: Place<T> | undefined;
  after: Place<T> | undefined;
}

/**
 * A set of what comes and goes with every request, in the order in which it came. A `Set` copies itself into a new table
 * every few changes, and each of its old tables holds the next one and whatever was in it: once one of them is in the old
 * generation, all that came after it is kept and moved there too, until the next full collection. Here, what has left
 * refers to nothing.
 */
export class TransientSet<T extends object> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(item: T): Place<T> {
    const place: Place<T> = { item, before: this.#last, after: undefined };
    if (this.#last === undefined) this.#first = place;
    else this.#last.after = place;
    this.#last = place;
    this.#size++;
    return place;
  }

  /** Whether it still stood there. */
  delete(place: Place<T>): boolean {
    if (place.item === undefined) return false;
    const { before, after } = place;
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    place.item = undefined;
    place.before = undefined;
    place.after = undefined;
    this.#size--;
    return true;
  }

  /** Takes out what came first; undefined where nothing is there. */
  shift(): T | undefined {
    const place = this.#first;
    const item = place?.item;
    if (place !== undefined) this.delete(place);
    return item;
  }

  /** All that is there now; what leaves meanwhile is among them. */
  all(): T[] {
    const items: T[] = [];
    for (let place = this.#first; place !== undefined; place = place.after) items.push(place.item as T);
    return items;
  }
}
