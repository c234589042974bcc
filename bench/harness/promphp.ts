import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { findProgram } from '../../test/support/require-servers.js';
import { ROOT } from '../../test/support/run-node.js';
import type { RunningServer } from '../../test/support/servers.js';
import type { Field, Figures } from './row.js';

const INCS = 20_000;

/** PromPHP as a contestant, where PHP is; elsewhere the reason why not. */
export function promPhp(
  redis: RunningServer,
  environment: NodeJS.ProcessEnv = process.env,
): Pick<Field, 'contestants' | 'absent'> {
  const php = findProgram('php', environment['PATH']);
  const autoload = environment['PROMPHP_AUTOLOAD'] ?? '';
  if (php === undefined) return absent('php is not installed');
  if (!existsSync(autoload)) {
    return absent(
      'PROMPHP_AUTOLOAD does not name the vendor/autoload.php of `composer require promphp/prometheus_client_php`',
    );
  }
  const run = async (): Promise<Figures> => {
    const file = `${ROOT}bench/peers/promphp-inc.php`;
    const args = [file, autoload, redis.host, String(redis.port), String(INCS)];
    return JSON.parse((await promisify(execFile)(php, args)).stdout) as Figures;
  };
  return { contestants: { promPhp: run } };
}

function absent(reason: string): Pick<Field, 'contestants' | 'absent'> {
  return { contestants: {}, absent: { promPhp: reason } };
}
