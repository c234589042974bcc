/**
 * `node push-floor.js <gateway> <warm-ups> <series> <families> <gzip>`: one push of a body that is ready, by node:http
 * alone, after some that are not measured. Nothing in Node can be faster than that.
 */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { JOB } from './application.js';
import { report } from './report.js';
import { familyName, labelSets, valueOf } from './series.js';
import { clock } from './watch.js';

const [gateway = '', ...numbers] = process.argv.slice(2);
const [warmUps = 0, series = 0, families = 0, gzip = 0] = numbers.map(Number);
const lines: string[] = [];
let counted = 0;
for (let family = 0; family < families; family += 1) {
  const name = familyName(family);
  lines.push(`# HELP ${name} Requests\n# TYPE ${name} counter\n`);
  for (const { method, route, status } of labelSets(series / families)) {
    lines.push(`${name}{method="${method}",route="${route}",status="${status}"} ${valueOf(counted)}\n`);
    counted += 1;
  }
}
const text = Buffer.from(lines.join(''));
const body = gzip === 1 ? gzipSync(text, { level: 1 }) : text;

async function push(): Promise<void> {
  const outgoing = request(`http://${gateway}/metrics/job/${JOB}/instance/${JOB}`, {
    method: 'PUT',
    headers: {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'content-length': body.length,
      ...(gzip === 1 && { 'content-encoding': 'gzip' }),
    },
  });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`the gateway answered ${response.statusCode ?? 'nothing'}`);
}
for (let done = 0; done < warmUps; done += 1) await push();
report({ ...(await clock(push)), bytes: body.length });
