export { examine, type Installation, replicaOf } from './doctor.js';
export type { Finding, Severity } from './finding.js';
