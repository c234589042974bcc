/** Runs calls of this package where nothing measures or traces them. */
type Quietly = <Result>(call: () => Result) => Result;

let quiet: Quietly | undefined;

/** What this package asks of Redis, gateways and Prometheus from now on, in any application of this process, is done by it. */
export function keepQuiet(by: Quietly): void {
  quiet = by;
}

/** Whether what instruments outgoing calls is to be passed by. */
export function isQuiet(): boolean {
  return quiet !== undefined;
}

/** Runs a call of this package to a server, unseen if that was asked for. */
export function quietly<Result>(call: () => Result): Result {
  return quiet === undefined ? call() : quiet(call);
}
