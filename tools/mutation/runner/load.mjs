import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { declaredIn, tests } from './registry.mjs';

const registry = new URL('registry.mjs', import.meta.url).href;

/**
 * Loads test files below the current directory, once per process.
 * @param {{ include: string[], exclude: string[] }} files glob patterns
 * @returns {Promise<import('./registry.mjs').Test[]>}
 */
export async function load({ include, exclude }) {
  if (tests.length > 0) return tests;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'node:test' && context.parentURL !== registry
        ? { url: registry, shortCircuit: true }
        : next(specifier, context),
  });
  for (const file of globSync(include, { exclude }).sort()) {
    declaredIn(file);
    await import(pathToFileURL(resolve(file)).href);
  }
  return tests;
}
