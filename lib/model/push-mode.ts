/** `push`: replace the whole group (PUT); `pushAdd`: keep what it holds under other metric names (POST). */
export type PushMode = 'push' | 'pushAdd';
