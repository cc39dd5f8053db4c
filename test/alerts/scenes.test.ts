import { describe, test } from 'node:test';
import { requireServer } from '../support/require-server.ts';
import { assertAlert, toolAvailable } from './support/promtool.ts';
import { ALERTS } from './support/rules.ts';
import { SCENES } from './support/scenes.ts';

// What promtool computes from the rules as they stand in deploy/prometheus.

const promtool = await toolAvailable('promtool');

for (const alert of ALERTS) {
  describe(alert.alert, () => {
    const { fires = {}, quiet = {} } = SCENES[alert.alert] ?? {};

    for (const [title, scene] of Object.entries(fires)) {
      test(`fires: ${title}`, async (t) => {
        if (requireServer(t, 'promtool', promtool)) await assertAlert(alert, scene, [scene]);
      });
    }

    for (const [title, scene] of Object.entries(quiet)) {
      test(`does not fire: ${title}`, async (t) => {
        if (requireServer(t, 'promtool', promtool)) await assertAlert(alert, scene, []);
      });
    }
  });
}
