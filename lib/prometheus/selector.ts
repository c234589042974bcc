/** A selector of the series that have exactly these values, such as `up{job="shop"}`. */
export function selectorOf(metric: string, labels: readonly (readonly [name: string, value: string])[]): string {
  return `${metric}{${labels.map(([name, value]) => `${name}=${promqlString(value)}`).join(',')}}`;
}

function promqlString(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
