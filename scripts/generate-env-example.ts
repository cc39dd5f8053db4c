import { describeAccepted, type EnvironmentSchema } from '../packages/service-kit/src/index.ts';
import { ENGINE_ENVIRONMENT } from '../services/engine/src/config.ts';
import { GATEWAY_ENVIRONMENT } from '../services/gateway/src/config.ts';
import { writeGenerated } from './write-generated.ts';

type Variable = EnvironmentSchema['properties'][string] & { default?: unknown; description?: string };

const gateway = GATEWAY_ENVIRONMENT.properties;
const engine = ENGINE_ENVIRONMENT.properties;
const both = Object.keys(gateway).filter((name) => name in engine);

function lines(title: string, properties: EnvironmentSchema['properties'], names: readonly string[]): string {
  const entries = names.map((name) => entry(name, properties[name] as Variable));
  return `# ── ${title} ──\n\n${entries.join('\n')}`;
}

function entry(name: string, variable: Variable): string {
  return `# ${variable.description ?? ''} (${describeAccepted(variable)})\n# ${name}=${String(variable.default ?? '')}\n`;
}

const only = (properties: object, others: object): string[] => Object.keys(properties).filter((name) => !(name in others));

await writeGenerated(
  '.env.example',
  `# Every environment variable of Penstock with its default. Copy to .env and change what you need:
# npm start, npm run start:engine and npm run start:gateway read it; the real environment wins.

${lines('both services', gateway, both)}
${lines('gateway', gateway, only(gateway, engine))}
${lines('engine', engine, only(engine, gateway))}`,
);
