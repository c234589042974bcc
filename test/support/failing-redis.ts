import type { Redis } from 'ioredis';

/** A client whose scripts run on a `redis` of which command number `at` fails, and with `after` all that follow. */
export function failingRedis(client: Redis, at: number, after = false): Redis {
  const shadow = `
local real, made = redis, 0
local function command(name)
  return function(...)
    made = made + 1
    if made == ${at} or (${after} and made > ${at}) then
      if name == 'call' then error({err = 'NOPERM injected'}) end
      return {err = 'NOPERM injected'}
    end
    return real[name](...)
  end
end
local redis = {call = command('call'), pcall = command('pcall'), sha1hex = real.sha1hex, error_reply = real.error_reply}
`;
  const commands = client as Redis & { evalBuffer(text: string, ...rest: unknown[]): Promise<unknown> };
  const instead: Record<string, unknown> = {
    evalshaBuffer: () => Promise.reject(new Error('NOSCRIPT')),
    evalBuffer: (text: string, ...rest: unknown[]) => commands.evalBuffer(shadow + text, ...rest),
  };
  return new Proxy(client, {
    get: (target, name) => instead[String(name)] ?? (Reflect.get(target, name) as unknown),
  });
}
