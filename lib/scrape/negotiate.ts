/** How metrics are shown. */
export type ScrapeFormat = 'text' | 'openmetrics' | 'protobuf';

interface Range {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
}

/** What a client is answered with. */
export interface ScrapeChoice {
  readonly format: ScrapeFormat;
  /** Whether it takes names that are not of the classic form; `declared`: it says so. */
  readonly utf8Names: boolean | 'declared';
}

/**
 * The format that a client wants most; of equal ones the first it names. Text for a client that says nothing, or takes none of them: as
 * the libraries of Prometheus do. Whoever names a format takes names in UTF-8 if it says `escaping=allow-utf-8`: Prometheus 2 refuses a
 * whole page for one of them. People and others who take anything get them.
 * @param accept The header of that name.
 */
export function choiceFor(accept = ''): ScrapeChoice {
  let best: (ScrapeChoice & { weight: number }) | undefined;
  for (const range of rangesOf(accept)) {
    const format = formatOf(range);
    if (format !== undefined && range.weight > (best?.weight ?? 0)) {
      best = { format, utf8Names: takesUtf8(range), weight: range.weight };
    }
  }
  return { format: best?.format ?? 'text', utf8Names: best?.utf8Names ?? true };
}

/** @param acceptEncoding The header of that name. */
export function takesGzip(acceptEncoding = ''): boolean {
  const ranges = rangesOf(acceptEncoding);
  const range = ranges.find(({ name }) => name === 'gzip') ?? ranges.find(({ name }) => name === '*');
  return range !== undefined && range.weight > 0;
}

function takesUtf8({ name, parameters }: Range): ScrapeChoice['utf8Names'] {
  if (name.endsWith('/*')) return true;
  return parameters.get('escaping') === 'allow-utf-8' && 'declared';
}

function formatOf({ name, parameters }: Range): ScrapeFormat | undefined {
  const isOr = (parameter: string, values: readonly string[]): boolean =>
    values.includes(parameters.get(parameter) ?? (values[0] as string));
  switch (name) {
    case 'application/openmetrics-text':
      return isOr('version', ['1.0.0']) ? 'openmetrics' : undefined;
    case 'application/vnd.google.protobuf':
      return isOr('proto', ['io.prometheus.client.metricfamily']) && isOr('encoding', ['delimited'])
        ? 'protobuf'
        : undefined;
    case 'text/plain':
      return isOr('version', ['0.0.4', '1.0.0']) ? 'text' : undefined;
    case 'text/*':
    case '*/*':
      return 'text';
    default:
      return undefined;
  }
}

function rangesOf(header: string): Range[] {
  return header
    .toLowerCase()
    .split(',')
    .map((text) => {
      const [name = '', ...rest] = text.split(';').map((part) => part.trim());
      const parameters = new Map(
        rest.map((parameter): [string, string] => {
          const [key = '', value = ''] = parameter.split('=');
          return [key.trim(), value.trim().replaceAll('"', '')];
        }),
      );
      const weight = Number(parameters.get('q') ?? 1);
      return { name, parameters, weight: weight >= 0 && weight <= 1 ? weight : 0 };
    });
}
