import type { PageState } from '../feed/page-state.js';
import { ageText, counted, numberText } from './shown-text.js';

interface Tab {
  readonly id: string;
  readonly title: string;
  readonly figure: string;
  readonly note: string;
  readonly kind: 'ok' | 'warning' | 'error' | 'idle';
}

/** The four parts of the console, each with the one figure that tells whether to look. */
export function tabsOf(state: PageState): Tab[] {
  const { totals, groups, servers, doctor, pushes } = state;
  const latest = Math.max(0, ...groups.map(({ pushedAt }) => (pushedAt === undefined ? 0 : Date.parse(pushedAt))));
  const isWaiting = groups.some(({ silentForMs }) => silentForMs !== undefined) || pushes[0]?.outcome === 'failed';
  const answering = servers.filter(({ state: said }) => said !== 'silent').length;
  const silent = servers.length - answering;
  const errors = doctor.findings?.filter(({ severity }) => severity === 'error').length ?? 0;
  const warnings = doctor.findings?.filter(({ severity }) => severity === 'warning').length ?? 0;
  const passed = doctor.findings?.filter(({ severity }) => severity === 'ok').length ?? 0;
  return [
    {
      id: 'metrics',
      title: 'Metrics',
      figure: numberText(totals.series),
      note: `series in ${counted(totals.families, 'metric')}`,
      kind: 'idle',
    },
    {
      id: 'groups',
      title: 'Groups and pushes',
      figure: latest === 0 ? 'not yet' : ageText(state.at - latest),
      note: isWaiting ? 'the last push failed' : latest === 0 ? 'pushed' : 'last pushed',
      kind: isWaiting ? 'error' : latest === 0 ? 'idle' : 'ok',
    },
    {
      id: 'servers',
      title: 'Servers',
      figure: servers.length === 0 ? '…' : `${answering} of ${servers.length}`,
      note:
        servers.length === 0
          ? 'being asked'
          : silent === 0
            ? 'answer'
            : `answer, ${silent} ${silent === 1 ? 'does' : 'do'} not`,
      kind: servers.length === 0 ? 'idle' : silent > 0 ? 'error' : 'ok',
    },
    {
      id: 'doctor',
      title: 'Doctor',
      figure:
        doctor.findings === undefined
          ? '…'
          : errors > 0
            ? counted(errors, 'error')
            : warnings > 0
              ? counted(warnings, 'warning')
              : 'All well',
      note:
        doctor.findings === undefined
          ? 'examining'
          : `${errors > 0 && warnings > 0 ? `${counted(warnings, 'warning')}, ` : ''}${counted(passed, 'check')} passed`,
      kind: doctor.findings === undefined ? 'idle' : errors > 0 ? 'error' : warnings > 0 ? 'warning' : 'ok',
    },
  ];
}

/** As ARIA has tabs: one stop for Tab, arrows go between them. */
export function Tabs({ tabs, chosen, choose }: { tabs: Tab[]; chosen: string; choose: (id: string) => void }) {
  const go = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(({ id }) => id === chosen);
    const steps: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 };
    const to = steps[event.key];
    const next = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (next === undefined) return;
    event.preventDefault();
    choose(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Parts of the console" onKeyDown={go}>
      {tabs.map(({ id, title, figure, note, kind }) => (
        <button
          type="button"
          role="tab"
          key={id}
          id={`tab-${id}`}
          aria-controls="panel"
          aria-selected={id === chosen}
          tabIndex={id === chosen ? 0 : -1}
          class={`tab ${kind}`}
          onClick={() => {
            choose(id);
          }}
        >
          <span class="title">{title}</span>
          <span class="figure">{figure}</span>
          <span class="note-line">{note}</span>
        </button>
      ))}
    </div>
  );
}
