/** What Prometheus has of a counter, and makes of it. */
export interface Measured {
  readonly title: string;
  /** Since the events. */
  readonly samples: readonly { readonly seconds: number; readonly value: number }[];
  readonly increase: number;
}

const WIDTH = 760;
const ROW = 120;
/** Where the events stand, and how wide a second is. */
const LEFT = 60;
const SECOND = 52;
/** Heights of 7 and of 0 in a row. */
const [TOP, BOTTOM] = [46, 94];

/** The samples of each way in a row of its own, in the colours of a light or a dark page. */
export function picture(lines: readonly Measured[], events: number): string {
  const height = ROW * lines.length + 52;
  const told = lines.map(({ title, increase }) => `${title}, increase() is ${increase.toFixed(1)}`).join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13" role="img" aria-labelledby="t">
  <title id="t">Prometheus' samples of a counter that begins with ${events} events: ${told}</title>
  <style>
    svg { --ground: #fff; --text: #24292f; --muted: #57606a; --line: #8c959f; --wrong: #cf222e; --right: #1a7f37 }
    @media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --text: #e6edf3; --muted: #9198a1; --line: #656c76; --wrong: #ff7b72; --right: #3fb950 } }
    text { fill: var(--text) } .muted { fill: var(--muted) } .line { stroke: var(--line); fill: none }
    .wrong { --of: var(--wrong) } .right { --of: var(--right) } .of { fill: var(--of) } .rise { stroke: var(--of); stroke-width: 2; fill: none }
  </style>
  <rect width="${WIDTH}" height="${height}" fill="var(--ground)"/>
${lines.map((line, at) => row(line, at * ROW, events)).join('\n')}
  <text class="muted" x="${LEFT}" y="${height - 32}">All ${events} events happened at the dashed line. Each dot is a sample: a scrape a second;</text>
  <text class="muted" x="${LEFT}" y="${height - 14}">with start times, first the 0 at the start.</text>
</svg>
`;
}

function row({ title, samples, increase }: Measured, y: number, events: number): string {
  const points = samples.map(({ seconds, value }) => {
    const x = LEFT + seconds * SECOND;
    return { x: x.toFixed(0), y: (BOTTOM - ((BOTTOM - TOP) * value) / events).toFixed(0) };
  });
  const path = points.map((point) => `${point.x} ${point.y}`).join('L');
  const isRight = Math.round(increase) >= events;
  return `  <g class="${isRight ? 'right' : 'wrong'}" transform="translate(0 ${y})">
    <text x="20" y="24" font-weight="bold">${title}</text>
    <path class="line" d="M${LEFT} ${BOTTOM}H${WIDTH - 170}"/><path class="line" d="M${LEFT} 34V${BOTTOM}" stroke-dasharray="3 3"/>
    <text class="muted" x="40" y="${BOTTOM + 4}">0</text><text class="muted" x="40" y="${TOP + 4}">${events}</text>
    <path class="rise" d="M${path}"/>
    <g class="of">${points.map((point) => `<circle cx="${point.x}" cy="${point.y}" r="4.5"/>`).join('')}</g>
    <text class="of" x="${WIDTH - 150}" y="74" font-weight="bold">increase() = ${increase.toFixed(1)}</text>
  </g>`;
}
