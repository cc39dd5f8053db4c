import { main } from './dashboards/main.ts';
import { onCall } from './dashboards/on-call.ts';
import { writeGenerated } from './write-generated.ts';

for (const [name, dashboard] of Object.entries({ penstock: main(), 'on-call': onCall() }))
  await writeGenerated(`deploy/grafana/dashboards/${name}.json`, `${JSON.stringify(dashboard, null, 2)}\n`);
