export * from './client-endpoint.js';
export * from './http-client.js';
export * from './request-body.js';
export * from './when-aborted.js';
