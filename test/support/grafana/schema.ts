import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../run-node.js';

interface Content {
  readonly type: string;
  readonly options?: object;
  readonly fieldConfig?: { readonly defaults: { readonly custom?: object } };
}

/** Types of Grafana's package, as JSON has them: an enumeration is the text or number that it stands for. */
const PRELUDE = `
import type { Dashboard, DataQuery } from '@grafana/schema';
type Json<T> = T extends string ? \`\${T}\` : T extends number ? (number extends T ? T : \`\${T}\` extends \`\${infer N extends number}\` ? N : never)
  : T extends boolean | null | undefined | Function ? T : T extends readonly (infer U)[] ? readonly Json<U>[]
  : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
type Query = Json<DataQuery> & { datasource: { type: 'prometheus'; uid: string }; expr: string; legendFormat: string;
  format: 'time_series' | 'heatmap'; instant?: boolean; range?: boolean };
`;

/** What is wrong with a dashboard by the types that Grafana publishes: names that it does not know, values it does not take. */
export function schemaFaults(...dashboards: { readonly panels: readonly unknown[] }[]): string[] {
  const panels = dashboards.flatMap((dashboard) => dashboard.panels) as (Content & { targets?: object[] })[];
  const types = [...new Set(panels.map(({ type }) => type))].filter((type) => type !== 'row');
  const lines = [
    PRELUDE,
    ...types.map((type) => {
      const path = `@grafana/schema/dist/esm/raw/composable/${type}/panelcfg/x/${nameOf(type)}PanelCfg_types.gen`;
      return `import type * as ${type} from '${path}';`;
    }),
    ...dashboards.map((dashboard) => literal('Json<Dashboard>', dashboard)),
    ...panels.flatMap(({ type, options, fieldConfig, targets = [] }) => [
      ...(options ? [literal(`Json<${type}.Options>`, options)] : []),
      ...(fieldConfig?.defaults.custom
        ? [literal(`Json<Partial<${type}.FieldConfig>>`, fieldConfig.defaults.custom)]
        : []),
      ...targets.map((target) => literal('Query', target)),
    ]),
  ];
  return compilationFaults(lines.join('\n'));
}

const nameOf = (type: string): string => ({ timeseries: 'TimeSeries', heatmap: 'Heatmap', stat: 'Stat' })[type] ?? type;

let count = 0;
const literal = (type: string, value: object): string =>
  `export const v${count++}: ${type} = ${JSON.stringify(value)};`;

function compilationFaults(text: string): string[] {
  const name = join(ROOT, 'test', 'dashboard.ts');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (file) => (file === name ? text : readFile(file));
  host.fileExists = (file) => file === name || fileExists(file);
  const program = ts.createProgram([name], options, host);
  const source = program.getSourceFile(name);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}
