/**
 * A client whose requests fail with words for whoever reads the test's output. All else it does as before.
 * @param requests Names of its methods that ask a server.
 */
export function withoutNetwork<Client extends object>(client: Client, requests: readonly (keyof Client)[]): Client {
  const { name } = client.constructor;
  return new Proxy(client, {
    get: (target, key) => {
      if (!requests.includes(key as keyof Client)) return Reflect.get(target, key, target) as unknown;
      return () =>
        Promise.reject(
          new Error(`${name}.${String(key)}: this test has no network; override the provider ${name} with a stand-in`),
        );
    },
  });
}
