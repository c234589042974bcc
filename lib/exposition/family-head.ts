import { metricNameText, type MetricType } from '../model/index.js';

/** The two lines that stand before a family's samples in text format 0.0.4. */
export function familyHead(name: string, help: string, type: MetricType): string {
  const text = metricNameText(name);
  const escaped = help.replace(/[\\\n]/g, (character) => (character === '\n' ? '\\n' : '\\\\'));
  return `# HELP ${text} ${escaped}\n# TYPE ${text} ${type}\n`;
}
