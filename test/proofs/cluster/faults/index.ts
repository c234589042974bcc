import type { Fault } from './fault.js';
import { gatewayFaults } from './gateway.js';
import { pusherFaults } from './pusher.js';
import { serverFaults } from './server.js';

export type { Chooser, Fault } from './fault.js';
export { StepNotReachedError } from './pusher.js';

export const faults: readonly Fault[] = [
  { name: 'none', cell: 'table only', strike: () => Promise.resolve() },
  ...gatewayFaults,
  ...serverFaults,
  ...pusherFaults,
];
