import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parse } from 'yaml';
import { ROOT } from '../../support/run-node.js';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  permissions?: Record<string, string>;
  strategy?: { matrix: Record<string, unknown[]> };
  'timeout-minutes'?: number;
  steps: Step[];
}
interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const FOLDER = join(ROOT, '.github', 'workflows');
const FILES = readdirSync(FOLDER);
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');
const jobsOf = (file: string): [string, Job][] => Object.entries((parse(read(file)) as Workflow).jobs);
const stepsOf = (file: string): Step[] => jobsOf(file).flatMap(([, { steps }]) => steps);

/** What GitHub's own parser finds wrong: keys, types, expressions and what they may name. */
function faultsOf(file: string, content: string): string[] {
  const { context } = parseWorkflow({ name: file, content }, new NoOperationTraceWriter());
  return context.errors.getErrors().map(({ message }) => message);
}

describe.each(FILES)('%s', (file) => {
  const scripts = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }).scripts;

  it("is right by GitHub's parser", () => {
    expect(faultsOf(file, read(file))).toEqual([]);
    // Which sees what is wrong.
    expect(faultsOf(file, read(file).replace('runs-on:', 'runs-onn:')).join()).toContain("Unexpected value 'runs-onn'");
    expect(faultsOf(file, read(file).replace('ubuntu-latest', '${{ matrx.os }}')).join()).toContain('matrx');
  });

  it('uses actions by their commit, and says which version that was', () => {
    const uses = read(file)
      .split('\n')
      .filter((line) => line.includes('uses:'));
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('runs scripts that there are', () => {
    const lines = stepsOf(file).flatMap(({ run = '' }) => [...run.matchAll(/npm run (?:--silent )?([\w:]+)/g)]);
    expect(lines.filter(([, name = '']) => !(name in scripts)).map(([line]) => line)).toEqual([]);
    expect(read(file)).toContain('.ci/run');
  });

  it('may do nothing but read, leaves no credentials behind, and ends some time', () => {
    expect((parse(read(file)) as Workflow).permissions).toEqual({ contents: 'read' });
    const checkouts = stepsOf(file).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
    expect(jobsOf(file).filter(([, job]) => job['timeout-minutes'] === undefined)).toEqual([]);
  });

  it('puts no text from outside into a shell', () => {
    expect(stepsOf(file).filter(({ run = '' }) => run.includes('${{'))).toEqual([]);
  });
});

describe('the matrix', () => {
  const matrices = Object.fromEntries(jobsOf('ci.yml').map(([name, { strategy }]) => [name, strategy?.matrix]));

  it('has each Node, newer servers, and projects of both Nests', () => {
    expect(matrices['checks']).toEqual({ node: [20, 22, 24] });
    expect(matrices['servers']).toEqual({ release: ['trixie', 'sid', 'valkey'] });
    expect(matrices['projects']?.['projects']).toEqual(expect.arrayContaining(['nest new (11)', 'nest new (12)']));
  });
});

describe('a release', () => {
  const jobs = Object.fromEntries(jobsOf('release.yml'));

  it('is published with provenance by the one job that may, which runs no code of a dependency', () => {
    const allowed = Object.entries(jobs).filter(([, { permissions }]) => permissions !== undefined);
    expect(allowed.map(([name]) => name)).toEqual(['publish']);
    expect(jobs['publish']?.permissions).toEqual({ contents: 'write', 'id-token': 'write' });
    const commands = jobs['publish']?.steps.map(({ run = '' }) => run).join('\n');
    expect(commands).toMatch(/^npm publish .* --provenance /m);
    expect(commands).not.toMatch(/npm (ci|install|run|exec)|npx|node /);
  });
});
