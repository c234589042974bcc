import { resolveOptions } from '../../../lib/options/index.js';

function resolve(instrument: unknown): unknown {
  return resolveOptions({ prometheus: { jobs: ['shop'] }, instrument }).instrument;
}

describe('the options of instruments', () => {
  it.each([{}, { http: true }, { http: false }, { http: {} }, { process: true }, { process: { prefix: 'a_' } }])(
    'may be %j',
    (instrument) => {
      expect(resolve(instrument)).toEqual(instrument);
    },
  );

  it.each<[unknown, string]>([
    [true, 'instrument: expected an object, got true'],
    [{ htpp: true }, 'instrument.htpp: unknown option; did you mean "http"?'],
    [{ http: 'yes' }, 'instrument.http: expected true, false or an object of options, got "yes"'],
    [{ http: { bucket: [1] } }, 'instrument.http.bucket: unknown option; did you mean "buckets"?'],
    [{ http: { preset: 'otel' } }, 'instrument.http.preset: expected "opentelemetry" or "prom-client", got "otel"'],
    [{ http: { ignore: [1] } }, 'instrument.http.ignore.0: expected a route or a regular expression, got 1'],
    [{ http: { labels: { 'a-b': () => 'c' } } }, 'instrument.http.labels.a-b: expected a label name, got "a-b"'],
    [{ http: { labels: { tenant: 'acme' } } }, 'instrument.http.labels.tenant: expected a function, got "acme"'],
    [{ bullmq: { jobname: true } }, 'instrument.bullmq.jobname: unknown option; did you mean "jobNames"?'],
    [
      { bullmq: { workerClass: 'Worker' } },
      'instrument.bullmq.workerClass: expected the class Worker of bullmq, got "Worker"',
    ],
    [{ process: { prefix: 'a-' } }, 'instrument.process.prefix: expected the beginning of a metric name, got "a-"'],
    [{ process: { labels: { 'a-b': 'c' } } }, 'instrument.process.labels.a-b: expected a label name, got "a-b"'],
    [{ process: { labels: { a: true } } }, 'instrument.process.labels.a: expected a text or a number, got true'],
  ])('may not be %j', (instrument, fault) => {
    expect(() => resolve(instrument)).toThrow(`Invalid options of PrometheusPushgatewayModule:\n  - ${fault}`);
  });
});
