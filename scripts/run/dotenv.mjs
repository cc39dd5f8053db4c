import { existsSync } from 'node:fs';
import { Failure } from './failure.mjs';
import { inRoot } from './paths.mjs';
import { runTool } from './tool.mjs';

const parse = `process.stdout.write(JSON.stringify(require('node:util').parseEnv(require('node:fs').readFileSync(process.argv[1], 'utf8'))))`;

/** The variables of `.env`, read by `node`'s own parser (the running Node may be too old to have one). */
export async function readDotEnv(node, file = inRoot('.env')) {
  if (!existsSync(file)) return {};
  const { code, output } = await runTool(node, ['--eval', parse, file], { env: { ...process.env, NODE_OPTIONS: '' } });
  if (code !== 0) throw new Failure('.env cannot be read', { tail: output });
  return JSON.parse(output);
}
