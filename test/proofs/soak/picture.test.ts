import { draw } from './picture.js';

const panel = {
  title: 'Heap < 1 GiB & flat',
  points: [
    { second: 0, value: 1 },
    { second: 50, value: 2 },
    { second: 100, value: 2 },
  ],
  trend: { slope: 0, intercept: 2 },
  write: (value: number) => `${value} MiB`,
};

it('draws a line a panel, its trend over the second half, and a band a fault', () => {
  const svg = draw('Soak', [panel], [{ name: 'Redis killed', from: 25, to: 50 }]);
  expect(svg).toContain('points="80,135 510,80');
  expect(svg).toMatch(/points="510,[\d.]+ 940,[\d.]+" fill="none" stroke="red"/);
  expect(svg).toContain('<rect x="295" y="80" width="215"');
  expect(svg).toContain('Heap &lt; 1 GiB &amp; flat');
  expect(svg).toContain('>2 MiB<');
});
