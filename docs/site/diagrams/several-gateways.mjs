import { arrow, box, heading, note, svg } from './shapes.mjs';

const SAYS =
  'Three ways to several gateways. A list: each group is on one gateway, noted in Redis. HAProxy: the same behind one address, since it names its gateways. Broadcast: each group on all of them, and recording rules make one series of the copies.';
const PANEL = { width: 230, height: 290 };
const GATEWAYS = [8, 82, 156];
const NAMES = ['a', 'b', 'c'];

export const severalGateways = {
  wide: () => draw(3 * PANEL.width, PANEL.height, (at) => [at * PANEL.width, 0]),
  narrow: () => draw(380, 3 * PANEL.height, (at) => [75, at * PANEL.height]),
};

function draw(width, height, placeOf) {
  const panels = [sticky(), balanced(), broadcast()];
  return svg(
    width,
    height,
    SAYS,
    panels.map((parts, at) => `<g transform="translate(${placeOf(at).join(' ')})">\n${parts.join('\n')}\n</g>`),
  );
}

/** A group on one of them. */
function sticky() {
  return [
    heading(10, 22, 'a list, sticky'),
    box({ x: 8, y: 34, width: 214, height: 36 }, 'processes'),
    arrow(
      [
        [115, 70],
        [115, 146],
      ],
      'ours',
    ),
    note(128, 104, 'Redis says: on b', 'start'),
    ...gateways((at) => (at === 1 ? 'ours' : 'idle')),
    ...scrapes(),
    box({ x: 8, y: 230, width: 214, height: 50 }, 'Prometheus'),
  ];
}

function balanced() {
  return [
    heading(10, 22, 'our HAProxy, sticky'),
    box({ x: 8, y: 34, width: 214, height: 36 }, 'processes'),
    arrow(
      [
        [115, 70],
        [115, 90],
      ],
      'ours',
    ),
    box({ x: 8, y: 92, width: 214, height: 32 }, 'HAProxy'),
    arrow(
      [
        [115, 124],
        [115, 146],
      ],
      'ours',
    ),
    note(128, 140, 'it says: to b', 'start'),
    ...gateways((at) => (at === 1 ? 'ours' : 'idle')),
    ...scrapes(),
    box({ x: 8, y: 230, width: 214, height: 50 }, 'Prometheus'),
  ];
}

function broadcast() {
  return [
    heading(10, 22, 'a list, broadcast'),
    box({ x: 8, y: 34, width: 214, height: 36 }, 'processes'),
    ...GATEWAYS.map((x) =>
      arrow(
        [
          [x + 33, 70],
          [x + 33, 146],
        ],
        'ours',
      ),
    ),
    ...gateways(() => 'ours'),
    ...scrapes(),
    box({ x: 8, y: 230, width: 214, height: 50 }, 'Prometheus', 'rules make one series of three'),
  ];
}

function gateways(kindOf) {
  return GATEWAYS.map((x, at) => box({ x, y: 150, width: 66, height: 40, kind: kindOf(at) }, NAMES[at]));
}

function scrapes() {
  return GATEWAYS.map((x) =>
    arrow(
      [
        [x + 33, 229],
        [x + 33, 194],
      ],
      'weak',
    ),
  );
}
