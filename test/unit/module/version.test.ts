import { readFileSync } from 'node:fs';
import { VERSION } from '../../../lib/module/version.js';

it('is the version in package.json', () => {
  const { version } = JSON.parse(readFileSync(`${__dirname}/../../../package.json`, 'utf8')) as { version: string };
  expect(VERSION).toBe(version);
});
