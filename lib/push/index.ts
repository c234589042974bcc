export { Announcer, type AnnounceOptions } from './announcer.js';
export { AUTO_PUSH_NAME, AutoPush } from './auto-push.js';
export { GroupReader } from './group-reader.js';
export { GroupRemover } from './group-remover.js';
export { Instances } from './instances.js';
export { Presence } from './presence.js';
export { type PastPush, PushHistory } from './push-history.js';
export { type PushOptions, PushService, type Restorer } from './push.service.js';
export { Shutdown } from './shutdown.js';
