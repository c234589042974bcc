export { Announcer, type AnnounceOptions, type SeriesWitness } from './announcer.js';
export { AUTO_PUSH_NAME, AutoPush } from './auto-push.js';
export { MetricText } from './metric-text.js';
export { PushService } from './push.service.js';
