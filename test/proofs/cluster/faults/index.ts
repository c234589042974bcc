import type { Fault } from './fault.js';
import { gatewayFaults } from './gateway-faults.js';
import { pusherFaults } from './pusher-faults.js';
import { serverFaults } from './server-faults.js';

export type { Chooser, Fault } from './fault.js';
export { StepNotReachedError } from './pusher-faults.js';

export const faults: readonly Fault[] = [
  { name: 'none', cell: 'table only', strike: () => Promise.resolve() },
  ...gatewayFaults,
  ...serverFaults,
  ...pusherFaults,
];
