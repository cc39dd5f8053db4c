import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { RULE_FILES, readRules } from './rules.ts';

const alertmanagerFile = path.join(import.meta.dirname, '../../../deploy/alertmanager/alertmanager.yml');
const SHORT = '1s';

export interface CopiedRules {
  readonly files: readonly string[];
  remove(): Promise<void>;
}

/** Copies of the rules in which every `for` is a second; one of these alerts keeps its own. */
export async function rulesWithShortWaits({ except }: { readonly except: readonly string[] }): Promise<CopiedRules> {
  const folder = await mkdtemp(path.join(tmpdir(), 'penstock-rules-'));
  const files = await Promise.all(
    RULE_FILES.map(async (file) => {
      const { groups } = readRules(file);
      const short = groups.map(({ rules, ...group }) => ({
        ...group,
        rules: rules.map((rule) => ('for' in rule && !except.includes(rule.alert) ? { ...rule, for: SHORT } : rule)),
      }));
      const copy = path.join(folder, path.basename(file));
      await writeFile(copy, stringify({ groups: short }));
      return copy;
    }),
  );
  return { files, remove: () => rm(folder, { recursive: true, force: true }) };
}

interface Route {
  readonly routes?: readonly Route[];
}

/** deploy/alertmanager with waits of a second between messages, and a webhook behind every receiver. */
export function alertmanagerWithWebhook(url: string): string {
  const { route, receivers, ...rest } = parse(readFileSync(alertmanagerFile, 'utf8')) as {
    route: Route;
    receivers: readonly { readonly name: string }[];
  };
  const hasty = (each: Route): object => ({
    ...each,
    group_wait: SHORT,
    group_interval: SHORT,
    ...(each.routes !== undefined && { routes: each.routes.map(hasty) }),
  });
  const connected = receivers.map(({ name }) => ({ name, webhook_configs: [{ url }] }));
  return stringify({ ...rest, route: hasty(route), receivers: connected });
}
