import { parseStarts } from '../../../lib/doctor/probes/started-series.js';

const NEW = [
  String.raw`name:"depth"  type:GAUGE  metric:{label:{name:"job"  value:"shop"}  gauge:{value:9}}`,
  String.raw`name:"orders_total"  help:"metric:{ \"type:GAUGE"  type:COUNTER  metric:{label:{name:"job"  value:"shop"}  label:{name:"type"  value:"a\"}\n3:\"x é"}  counter:{value:7  created_timestamp:{seconds:1795694363  nanos:120000000}}}  metric:{label:{name:"job"  value:"shop"}  counter:{value:7}}  metric:{label:{name:"job"  value:"till"}  counter:{value:7  created_timestamp:{seconds:1795694999}}}`,
  String.raw`name:"seconds"  type:HISTOGRAM  metric:{label:{name:"job"  value:"shop"}  histogram:{sample_count:7  sample_sum:3.5  bucket:{cumulative_count:7  upper_bound:1}  created_timestamp:{seconds:1795694364}}}`,
].join('\n');
/** As 1.5.1 shows it. */
const OLD = String.raw`name:"orders_total" help:"O" type:COUNTER metric:<label:<name:"instance" value:"" > label:<name:"job" value:"shop" > counter:<value:7 3:"\b\x9b\xbe\xa0\xd8\x06\x10\x80\x9c\x9c9" > > `;

it('finds start times in what a gateway shows, and in no text', () => {
  expect(parseStarts(NEW, ['shop'])).toEqual({
    series: 3,
    started: 2,
    newest: { name: 'seconds_count', labels: { job: 'shop' }, startMs: 1_795_694_364_000 },
  });
  const [, orders = ''] = NEW.split('\n');
  expect(parseStarts(orders, ['shop']).newest).toEqual({
    name: 'orders_total',
    labels: { job: 'shop', type: 'a"}\n3:"x é' },
    startMs: 1_795_694_363_120,
  });
});

it('finds them where a gateway knows no such field', () => {
  expect(parseStarts(OLD, ['shop', 'till'])).toEqual({
    series: 1,
    started: 1,
    newest: { name: 'orders_total', labels: { instance: '', job: 'shop' }, startMs: 1_795_694_363_120 },
  });
});

it('finds none where there are none', () => {
  expect(parseStarts(NEW, ['other'])).toEqual({ series: 0, started: 0 });
  expect(parseStarts('# TYPE orders_total counter\norders_total{job="shop"} 7\n', ['shop'])).toEqual({
    series: 0,
    started: 0,
  });
});
