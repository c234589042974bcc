import { useState } from 'preact/hooks';
import type { PageState } from '../feed/page-state.js';
import { ask } from './connection.js';
import { Badge } from './groups.js';
import { ageText, counted, visible } from './shown-text.js';

type Finding = NonNullable<PageState['doctor']['findings']>[0];

const ORDER = ['error', 'warning', 'hint', 'ok'] as const;
const TITLES = {
  error: 'Wrong or missing numbers',
  warning: 'Can go wrong, or could not be told',
  hint: 'Could be better',
  ok: 'Passed',
};
const KINDS = { error: 'error', warning: 'warning', hint: 'idle', ok: 'ok' } as const;

/** What the doctor found, why it matters and what to change. */
export function Doctor({ state, tell }: { state: PageState; tell: (text: string, isDone: boolean) => void }) {
  const { at, isExamining, findings } = state.doctor;
  const [isAsking, setAsking] = useState(false);
  const isBusy = isExamining || isAsking;
  return (
    <>
      <div class="toolbar">
        <p class="hint grow" role="status">
          {isBusy && 'Examining Redis, gateways, Prometheus and clocks…'}
          {!isBusy &&
            at !== undefined &&
            `Examined ${ageText(state.at - at)}; again every minute while somebody looks.`}
        </p>
        <button
          type="button"
          disabled={isBusy}
          onClick={() => {
            setAsking(true);
            void ask('examine').then(({ isDone, text }) => {
              setAsking(false);
              if (!isDone) tell(`Not examined: ${text}`, false);
            });
          }}
        >
          Examine now
        </button>
      </div>
      {findings &&
        ORDER.map((severity) => {
          const some = findings.filter((finding) => finding.severity === severity);
          if (some.length === 0) return null;
          const list = (
            <ul class="findings">
              {some.map((finding) => (
                <One key={`${finding.check} ${finding.subject} ${finding.finding}`} finding={finding} />
              ))}
            </ul>
          );
          if (severity !== 'ok') {
            return (
              <section key={severity}>
                <h2>{TITLES[severity]}</h2>
                {list}
              </section>
            );
          }
          return (
            <details key={severity} open={some.length === findings.length}>
              <summary>
                <h2>{counted(some.length, 'check')} passed</h2>
              </summary>
              {list}
            </details>
          );
        })}
    </>
  );
}

function One({ finding: { severity, check, subject, finding, why, fix } }: { finding: Finding }) {
  return (
    <li class={KINDS[severity]}>
      <p class="title">
        <Badge kind={KINDS[severity]} text={severity} /> <code>{check}</code>{' '}
        <span class="subject">{visible(subject)}</span>
      </p>
      <p>{visible(finding)}</p>
      {why !== undefined && (
        <p>
          <b>Why it matters:</b> {visible(why)}
        </p>
      )}
      {fix !== undefined && (
        <p class="fix">
          <b>Fix:</b>{' '}
          {fix.split('\n').map((line) => (
            <span>{visible(line)}</span>
          ))}
        </p>
      )}
    </li>
  );
}
