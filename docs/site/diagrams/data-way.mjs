import { arrow, box, note, svg } from './shapes.mjs';

const SAYS =
  'Every process adds to numbers in its memory, and stores what has changed every 250 ms in Redis, each batch once. Every 15 s one process pushes the values of all to the Pushgateway, which Prometheus scrapes.';
const PROCESS = ['inc() in memory', 'nanoseconds'];

export const dataWay = { wide, narrow };

function wide() {
  const ys = [16, 84, 152];
  return svg(690, 224, SAYS, [
    ...ys.map((y, at) => box({ x: 8, y, width: 120, height: 52 }, `process ${at + 1}`, PROCESS[0])),
    ...ys.map((y) =>
      arrow(
        [
          [128, y + 26],
          [206, 110 + (y - 84) / 4],
        ],
        'ours',
      ),
    ),
    note(176, 196, 'every 250 ms, each batch once', 'start'),
    box({ x: 210, y: 74, width: 118, height: 72, kind: 'ours' }, 'Redis', 'the values of all,', 'added up'),
    arrow(
      [
        [328, 110],
        [408, 110],
      ],
      'ours',
    ),
    note(368, 100, 'every 15 s'),
    note(368, 128, 'one pushes'),
    box({ x: 412, y: 74, width: 110, height: 72 }, 'Pushgateway', 'the last push', 'of each job'),
    arrow([
      [582, 110],
      [526, 110],
    ]),
    note(554, 100, 'scrape'),
    box({ x: 584, y: 74, width: 100, height: 72 }, 'Prometheus', 'the sum'),
  ]);
}

function narrow() {
  const xs = [8, 132, 256];
  return svg(380, 440, SAYS, [
    ...xs.map((x, at) => box({ x, y: 10, width: 116, height: 52 }, `process ${at + 1}`, PROCESS[0])),
    ...xs.map((x) =>
      arrow(
        [
          [x + 58, 62],
          [190 + (x - 132) / 4, 122],
        ],
        'ours',
      ),
    ),
    note(8, 112, 'every 250 ms,', 'start'),
    note(8, 126, 'each batch once', 'start'),
    box({ x: 110, y: 126, width: 160, height: 72, kind: 'ours' }, 'Redis', 'the values of all,', 'added up'),
    arrow(
      [
        [190, 198],
        [190, 246],
      ],
      'ours',
    ),
    note(200, 226, 'every 15 s, one process pushes', 'start'),
    box({ x: 110, y: 250, width: 160, height: 72 }, 'Pushgateway', 'the last push', 'of each job'),
    arrow([
      [190, 374],
      [190, 326],
    ]),
    note(200, 354, 'scrape', 'start'),
    box({ x: 110, y: 376, width: 160, height: 54 }, 'Prometheus', 'the sum'),
  ]);
}
