// The environments of the processes that are started here.

import { delimiter, dirname } from 'node:path';

// What a person sets to reach a registry. `npm run` exports these beside many that would change what is installed
// or how (dry_run, omit, global, prefix, yes, workspace …), and those stay behind.
const reachesRegistry =
  /^npm_config_(registry|proxy|http_proxy|https_proxy|noproxy|no_proxy|ca|cafile|cert|key|strict_ssl|cache|userconfig|globalconfig|local_address|maxsockets|fetch_.*|replace_registry_host|_auth.*|\/\/.*|@.*)$/i;

// pnpm reads its own prefix only.
const sharedWithPnpm = /^npm_config_(registry|proxy|http_proxy|https_proxy|noproxy|no_proxy|cafile|strict_ssl|fetch_.*)$/i;

/** Without anything that `npm run` put there. */
export function withoutNpm(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name)));
}

/** For npm and pnpm: the person's registry, proxy and cache, and otherwise their defaults. */
export function forPackageManagers(env) {
  const result = withoutNpm(env);
  for (const [name, value] of Object.entries(env)) {
    if (!reachesRegistry.test(name) || value === '') continue;
    result[name] = value;
    const forPnpm = `p${name.toLowerCase()}`;
    if (sharedWithPnpm.test(name) && result[forPnpm] === undefined) result[forPnpm] = value;
  }
  // Without a network an answer is wanted in seconds; npm's and pnpm's own pauses between tries add up to a minute.
  for (const prefix of ['npm_config_', 'pnpm_config_']) {
    result[`${prefix}fetch_retry_mintimeout`] ??= '1000';
    result[`${prefix}fetch_retry_maxtimeout`] ??= '4000';
  }
  // Production mode would leave out what tests and checks need; node_modules is ours to replace without a question.
  delete result.NODE_ENV;
  result.CI = 'true';
  return result;
}

/** `node` first on PATH, so that whatever says `#!/usr/bin/env node` gets it. */
export function withNodeFirst(env, node) {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [name]: [dirname(node), env[name]].filter(Boolean).join(delimiter) };
}
