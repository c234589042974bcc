/**
 * Asks for the next item while the one before is used: who makes them and who uses them need not wait for each other. One
 * item more is in memory. A source that fails does so after the items before it.
 */
export async function* readAhead<Item>(source: AsyncGenerator<Item>): AsyncGenerator<Item> {
  let reading = source.next();
  try {
    for (;;) {
      const item = await reading;
      if (item.done) return;
      reading = source.next();
      // It is thrown where it is awaited. Nobody does so after the last use.
      reading.catch(() => undefined);
      yield item.value;
    }
  } finally {
    // Not waited for: what is being read is of no use any more.
    void source.return(undefined);
  }
}
