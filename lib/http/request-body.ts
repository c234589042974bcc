/** A body made while it is sent, in chunks of any size. Called once per attempt. */
export type RequestBody = () => AsyncIterable<Uint8Array | string>;
