import { type Browser, chromium } from 'playwright-core';
import { requireServer } from './require-servers.js';

/** The system's Chromium, without a window. As root it runs without its sandbox, as it must. */
export function startChromium(): Promise<Browser> {
  const args = ['--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  return chromium.launch({ executablePath: requireServer('chromium'), args });
}
