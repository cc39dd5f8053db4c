// Stands for npm in the tests of scripts/run.mjs: notes each call, and does what FAKE_NPM says.
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const args = process.argv.slice(2);
const behaviour = process.env.FAKE_NPM ?? 'works';

if (args[0] === '--version') {
  console.log(behaviour === 'too old' ? '6.14.4' : '11.0.0');
} else {
  const config = Object.keys(process.env).filter((name) => /^p?npm_config_/.test(name));
  appendFileSync(process.env.FAKE_NPM_CALLS, `${JSON.stringify({ args, config, nodeEnv: process.env.NODE_ENV })}\n`);
  if (behaviour === 'leaves Node out') {
    console.error('npm http fetch GET http://registry.example/node attempt 3 failed with ECONNREFUSED');
    process.exit(0);
  }
  if (behaviour !== 'works' && behaviour !== 'slow') {
    console.error(behaviour);
    process.exit(1);
  }
  if (behaviour === 'slow') await sleep(1500);
  if (args[0] === 'ci') {
    const { version, name } = JSON.parse(process.env.FAKE_NODE);
    mkdirSync(`node_modules/${name}/bin`, { recursive: true });
    writeFileSync(`node_modules/${name}/package.json`, JSON.stringify({ version }));
    symlinkSync(process.execPath, `node_modules/${name}/bin/node`);
  }
}
