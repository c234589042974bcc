/** What an answer became that did not come in time. */
export class TooLate extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}

/**
 * An answer, if it comes in time. What comes later is nobody's any more.
 * @throws TooLate; whatever the answer rejects with
 */
export async function within<T>(ms: number, answer: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TooLate(ms));
      ending.abort();
    }, ms);
  });
  try {
    return await Promise.race([answer(ending.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
