import { type Browser, chromium } from 'playwright-core';
import { requireServer } from './require-servers.js';

/** The system's Chromium, without a window. */
export function startBrowser(): Promise<Browser> {
  // As root, as in many a CI, it has no sandbox of its own.
  return chromium.launch({ executablePath: requireServer('chromium'), args: ['--no-sandbox'] });
}
