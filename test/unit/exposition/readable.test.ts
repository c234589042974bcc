import { formatMessages, readableMessages } from '../../../lib/exposition/index.js';
import { type FamilyChunk, resolveDefinition } from '../../../lib/model/index.js';

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

it('decodes messages into protobuf text', async () => {
  const families: FamilyChunk[] = [
    {
      definition: resolveDefinition({ name: 'orders_total', help: 'Orders', type: 'counter' }),
      chunk: [
        { labels: 'type="a\\"b"', value: 3, startMs: 1_790_000_000_500 },
        { labels: '', value: Infinity },
      ],
    },
    {
      definition: resolveDefinition({ name: 'depth', help: 'Depth', type: 'gauge' }),
      chunk: [{ labels: '', value: -0 }],
    },
    {
      definition: resolveDefinition({ name: 'seconds', help: 'Time', type: 'histogram', buckets: [0.1] }),
      chunk: [{ labels: '', value: { counts: [2, 300], sum: NaN } }],
    },
    {
      definition: resolveDefinition({ name: 'bytes', help: 'Size', type: 'summary', quantiles: [0.5] }),
      chunk: [{ labels: '', value: { sum: 1, count: 2, bins: [] } }],
    },
  ];
  const bodies: Uint8Array[] = [];
  for await (const { piece } of formatMessages(each([families]), 0)) bodies.push(Buffer.from(piece.bytes));
  expect(readableMessages(Buffer.concat(bodies))).toBe(`metric_family {
  name: "orders_total"
  help: "Orders"
  type: COUNTER
  metric {
    label { name: "type" value: "a\\"b" }
    counter {
      value: 3
      start_timestamp { seconds: 1790000000 nanos: 500000000 }
    }
  }
  metric {
    counter { value: inf }
  }
}
metric_family {
  name: "depth"
  help: "Depth"
  type: GAUGE
  metric {
    gauge { value: -0 }
  }
}
metric_family {
  name: "seconds"
  help: "Time"
  type: HISTOGRAM
  metric {
    histogram {
      bucket { cumulative_count: 2 upper_bound: 0.1 }
      sample_count: 302
      sample_sum: nan
    }
  }
}
metric_family {
  name: "bytes"
  help: "Size"
  type: SUMMARY
  metric {
    summary {
      sample_count: 2
      sample_sum: 1
      quantile { quantile: 0.5 value: nan }
    }
  }
}
`);
});
