export * from './endpoint.js';
export * from './follow-signal.js';
export * from './http-client.js';
export * from './request-body.js';
