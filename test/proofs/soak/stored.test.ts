import { storedOf } from './stored.js';

const TEXT = `# TYPE soak_orders_total counter
soak_orders_total{customer="one",replica="a"} 3
soak_orders_total{customer="two",replica="a"} 4
soak_orders_total{customer="one",replica="b"} 100
soak_duration_seconds_bucket{replica="a",route="/",le="+Inf"} 7
soak_duration_seconds_count{replica="a",route="/"} 7
soak_size_bytes_sum{replica="a",route="/"} 900
soak_size_bytes_count{replica="a",route="/"} 6
`;

it('adds up the events of one replica, metric by metric', () => {
  const a = { soak_orders_total: 7, soak_duration_seconds_count: 7, soak_size_bytes_count: 6 };
  const b = { soak_orders_total: 100, soak_duration_seconds_count: 0, soak_size_bytes_count: 0 };
  expect(storedOf('a', TEXT)).toEqual(a);
  expect(storedOf('b', TEXT)).toEqual(b);
});
