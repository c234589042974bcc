import { get } from 'node:http';

/** The first event, or the status of a refusal. */
export function firstEvent(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; data?: unknown }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers }, (response) => {
      let text = '';
      if (response.statusCode !== 200) {
        response.resume();
        resolve({ status: response.statusCode ?? 0 });
        return;
      }
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        for (const [, data] of text.matchAll(/^data: (.*)\n\n/gm)) {
          const state = JSON.parse(data as string) as { store: { readAt?: number } };
          if (state.store.readAt === undefined) continue;
          request.destroy();
          resolve({ status: 200, data: state });
          return;
        }
      });
    });
    request.on('error', reject);
  });
}
