export { examine, type Installation } from './doctor.js';
export type { Finding, Severity } from './finding.js';
