/** Every layer, outermost first. */
export const LAYER_ORDER = [
  'drain',
  'rate-limit',
  'throttle',
  'concurrency',
  'deadline',
  'idempotency',
  'coalesce',
  'cache',
  'fallback',
  'stale',
  'breaker',
  'retry',
  'hedge',
  'bulkhead',
  'timeout',
] as const;

export type LayerName = (typeof LAYER_ORDER)[number];

/** The layers that may stand inside this one. */
export type Inside<Outer extends LayerName, Order extends readonly LayerName[] = typeof LAYER_ORDER> = Order extends readonly [
  infer First,
  ...infer Rest extends readonly LayerName[],
]
  ? First extends Outer
    ? Rest[number]
    : Inside<Outer, Rest>
  : never;

/** Throws a RangeError that names both layers and the right order. */
export function checkOrder(outer: LayerName | undefined, added: LayerName): void {
  if (!LAYER_ORDER.includes(added)) {
    throw new RangeError(`"${added}" is not a layer; known are ${LAYER_ORDER.join(', ')}`);
  }
  if (outer === undefined || LAYER_ORDER.indexOf(outer) < LAYER_ORDER.indexOf(added)) return;
  if (outer === added) throw new RangeError(`"${added}" was added twice`);
  const right = LAYER_ORDER.join(' > ');
  throw new RangeError(
    `"${added}" cannot stand inside "${outer}", which was added before it; the order, outermost first, is ${right}`,
  );
}
