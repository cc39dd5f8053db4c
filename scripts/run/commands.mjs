// Commands to paste, with the settings that this run was started with.

import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

const always = ['HOST', 'ENGINE_PORT', 'GATEWAY_PORT', 'ENGINE_URL', 'DATA_DIR', 'REDIS_URL', 'POSTGRES_URL', 'JAEGER_ENDPOINT'];
const foreign = { engine: /^(GATEWAY_PORT|ENGINE_URL)$/, gateway: /^(DATA_DIR|REDIS_URL|POSTGRES_URL)$/ };
const secret = /_URL$|HEADERS$|KEY|TOKEN|SECRET|PASSWORD/;

/** Every variable that `.env.example` lists; it is generated from the services' own schemas. */
function knownVariables() {
  const file = inRoot('.env.example');
  const listed = existsSync(file) ? readFileSync(file, 'utf8').matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm) : [];
  return [...new Set([...always, ...[...listed].map((match) => match[1])])];
}

/** The command that starts one service again as this run did. `.env` is read by it anyway. */
export function commandFor(name, env = process.env) {
  const settings = knownVariables()
    .filter((variable) => env[variable] && !foreign[name].test(variable))
    .map((variable) => `${variable}=${hasPassword(variable, env[variable]) ? `"$${variable}"` : quote(env[variable])}`);
  return [...settings, `npm run start:${name}`].join(' ');
}

const hasPassword = (variable, value) => secret.test(variable) && (!/_URL$/.test(variable) || /\/\/[^/@]*@/.test(value));

const quote = (value) => (/^[\w./:@%+,=-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);

/** The README's first request. */
export function sampleRequest(gateway) {
  const body = '{"dataset_id":"test","mapping":{"y":"y","treatment":"w","unit_id":"id"}}';
  return `curl -X POST ${gateway}/api/analyze/comprehensive -H 'Content-Type: application/json' -d '${body}'`;
}
