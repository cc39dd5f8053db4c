import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import type { Available } from './require-server.ts';

const EXECUTABLE = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

export const browserAvailable = (): Available =>
  existsSync(EXECUTABLE) ? true : `${EXECUTABLE} is missing; CHROMIUM_PATH names another`;

/** Debian's Chromium, without the traffic it makes by itself. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
