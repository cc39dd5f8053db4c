import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The reason to skip, or false where there is a browser. */
export const NO_BROWSER: string | false = existsSync(EXECUTABLE)
  ? false
  : `skipped: no Chromium at ${EXECUTABLE}, because CHROMIUM_PATH does not name one`;

let started: Promise<Browser> | undefined;
let last: Page | undefined;
after(async () => {
  await (await started)?.close();
});

export interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, and what was requested from elsewhere. */
  readonly complaints: readonly string[];
}

/** A page showing the document. One at a time: the one opened before is closed. */
export async function open(document: string, scheme: 'light' | 'dark', width = 900): Promise<Opened> {
  started ??= chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
  const browser = await started;
  await last?.close();
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 900 } });
  last = page;
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!/^(data|about):/.test(request.url())) complaints.push(`requested ${request.url()}`);
  });
  await page.setContent(document);
  return { page, complaints };
}
