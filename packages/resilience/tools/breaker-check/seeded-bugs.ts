import { registerHooks } from 'node:module';
import type { Machine } from './pair.ts';

/** A fault written into a copy of one file of src/breaker: `from` becomes `to` wherever it occurs. */
export interface SeededBug {
  readonly name: string;
  readonly file: 'machine.ts' | 'probes.ts' | 'readiness.ts' | 'rules/streak.ts';
  readonly from: string;
  readonly to: string;
}

export const SEEDED_BUGS: readonly SeededBug[] = [
  {
    name: 'no epoch check',
    file: 'machine.ts',
    from: 'return permit.epoch === this.#epoch && ',
    to: 'return ',
  },
  {
    name: 'a late result settles whichever probe is out',
    file: 'machine.ts',
    from: "if (!this.#hears(permit) || phase.kind === 'open') return false;\n    if (phase.kind === 'half_open') {\n      if (!phase.probes.holds(permit)) return false;",
    to: "if (phase.kind === 'open' || (phase.kind === 'closed' && !this.#hears(permit))) return false;\n    if (phase.kind === 'half_open') {",
  },
  {
    name: 'a neutral probe keeps its place',
    file: 'machine.ts',
    from: '      probes.handBack(permit);\n    } else if',
    to: '    } else if',
  },
  {
    name: 'a neutral probe counts as a success',
    file: 'machine.ts',
    from: "} else if (outcome === 'neutral') {\n      probes.handBack(permit);\n    } else if",
    to: '} else if',
  },
  {
    name: 'neutral starts the count again',
    file: 'machine.ts',
    from: '} else if (counts(call)) {',
    to: "} else {\n      if (outcome === 'neutral') call = { ...call, outcome: 'success' };",
  },
  {
    name: 'half-open lets everyone through',
    file: 'machine.ts',
    from: "phase.kind !== 'half_open' || phase.probes.full) {",
    to: "phase.kind !== 'half_open') {",
  },
  { name: 'the first successful probe closes', file: 'machine.ts', from: '>= this.#options.probeSuccesses', to: '>= 1' },
  { name: 'a break does not grow', file: 'machine.ts', from: '++this.#trips', to: '(this.#trips = 1)' },
  { name: 'closing forgets nothing', file: 'machine.ts', from: 'this.#rules.reset();\n    this.#closedAt', to: 'this.#closedAt' },
  {
    name: 'a break that is over waits for its timer',
    file: 'machine.ts',
    from: 'this.#deps.clock.monotonic() >= this.#phase.until',
    to: 'false',
  },
  {
    name: 'the timer of an old break is left',
    file: 'machine.ts',
    from: "if (this.#phase.kind === 'open') this.#phase.timer.cancel();",
    to: "if (this.#phase.kind === 'open') void 0;",
  },
  {
    name: 'readiness is believed for ever',
    file: 'machine.ts',
    from: 'this.#phase.early) this.#readinessBelieved = false;',
    to: 'this.#phase.early) void 0;',
  },
  {
    name: 'readiness is never believed again',
    file: 'machine.ts',
    from: "if (because === 'timer') this.#readinessBelieved = true;",
    to: 'void 0;',
  },
  {
    name: 'a call of an earlier epoch goes on while probes run',
    file: 'machine.ts',
    from: "(this.#phase.kind === 'half_open' && permit.epoch === this.#epoch)",
    to: "this.#phase.kind === 'half_open'",
  },
  {
    name: 'attempts of an earlier epoch are counted',
    file: 'machine.ts',
    from: "if (!this.#hears(permit) || this.#phase.kind !== 'closed') return;",
    to: "if (this.#phase.kind !== 'closed') return;",
  },
  {
    name: 'a part of a failure counts for a call',
    file: 'rules/streak.ts',
    from: 'snapped(this.#failures + weight)',
    to: 'this.#failures + 1',
  },
  {
    name: 'a part of a failure counts for nothing',
    file: 'rules/streak.ts',
    from: 'snapped(this.#failures + weight)',
    to: 'Math.floor(this.#failures + weight)',
  },
  {
    name: 'readiness that is asked for is asked twice',
    file: 'readiness.ts',
    from: 'this.#timer.cancel();\n    this.#wait(HURRIED);',
    to: 'this.#wait(HURRIED);',
  },
  {
    name: 'readiness that is asked for waits for its turn',
    file: 'readiness.ts',
    from: 'const HURRIED = 0.1;',
    to: 'const HURRIED = 1;',
  },
  {
    name: 'a probe has no lease',
    file: 'probes.ts',
    from: 'onExpired, { keepAlive: false }',
    to: '() => undefined, { keepAlive: false }',
  },
  {
    name: 'leases outlive their phase',
    file: 'probes.ts',
    from: 'timer.cancel();\n    this.#leases.clear',
    to: 'void timer;\n    this.#leases.clear',
  },
  {
    name: 'a readiness question has no limit',
    file: 'readiness.ts',
    from: "() => this.#answered(question, 'timeout')",
    to: '() => undefined',
  },
  {
    name: 'a late yes is believed',
    file: 'readiness.ts',
    from: 'if (question !== this.#question) return;',
    to: "if (question !== this.#question && answer !== 'ready') return;",
  },
  {
    name: 'two questions at a time',
    file: 'readiness.ts',
    from: 'this.#question = question;',
    to: 'this.#question = question;\n    this.#wait(0);',
  },
];

const QUERY = 'seeded-bug=';

/**
 * The breaker with a bug in it: src/breaker loaded once more, its text changed on the way. Throws where the text to
 * change is not there, so that no bug is silently left out.
 */
export async function seed(bug: SeededBug): Promise<Machine> {
  const query = `?${QUERY}${encodeURIComponent(bug.name)}`;
  let changed = false;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const inside = context.parentURL?.endsWith(query) && resolved.url.includes('/src/breaker/');
      return inside ? { ...resolved, url: `${resolved.url}${query}` } : resolved;
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(`/src/breaker/${bug.file}${query}`)) return loaded;
      const source = String(loaded.source);
      changed = source.includes(bug.from);
      return { ...loaded, source: source.replaceAll(bug.from, bug.to) };
    },
  });
  try {
    const { BreakerMachine } = (await import(`../../src/breaker/machine.ts${query}`)) as { BreakerMachine: Machine };
    if (!changed) throw new Error(`${bug.name}: ${bug.file} does not contain\n${bug.from}`);
    return BreakerMachine;
  } finally {
    hooks.deregister();
  }
}
