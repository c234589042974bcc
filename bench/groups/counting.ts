import { startRedis } from '../../test/support/servers.js';
import { measureIn } from '../harness/processes.js';
import { promPhp } from '../harness/promphp.js';
import type { Group } from '../harness/row.js';

/** Nanoseconds of one event, labels and values checked as always. */
export const counting: Group = {
  name: 'counting',
  rows: [
    row('inc() on a kept child', 'incKept', { compare: 'faster', least: 20, aim: 60 }),
    row('inc({ a, b })', 'incLabels', { compare: 'faster', least: 2.5, aim: 4 }),
    row('inc() without labels', 'incUnlabelled', { compare: 'times', least: 3, aim: 1 }),
    row('observe() on a kept child', 'observeKept', { compare: 'faster', least: 5, aim: 9 }),
    row('observe({ a, b }, value)', 'observeLabels', { compare: 'faster', least: 2.5, aim: 3.7 }),
    {
      name: 'inc({ a, b }), against PromPHP on Redis',
      unit: 'ns',
      compare: 'faster',
      us: 'us.incLabels',
      peer: 'promPhp.incLabels',
    },
  ],
  start: async () => {
    const redis = await startRedis();
    const php = promPhp(redis);
    return {
      ...php,
      contestants: {
        ...php.contestants,
        us: () => measureIn('count-ours', redis.address),
        promClient: () => measureIn('count-prom-client'),
      },
      stop: () => redis.stop(),
    };
  },
};

function row(name: string, figure: string, targets: Pick<Group['rows'][number], 'compare' | 'least' | 'aim'>) {
  return {
    name: `${name}, against prom-client`,
    unit: 'ns',
    us: `us.${figure}`,
    peer: `promClient.${figure}`,
    ...targets,
  } as const;
}
