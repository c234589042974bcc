import type { PageState } from '../feed/page-state.js';
import type { Question } from './dialog.js';
import { ageText, bytesText, counted, msText, visible } from './shown-text.js';

interface Props {
  readonly state: PageState;
  readonly confirm: (question: Question, path: string, parameters: Record<string, string>) => void;
}

type Group = PageState['groups'][0];

/** Where the groups are, and what became of the last pushes. */
export function Groups({ state, confirm }: Props) {
  const { groups, pushes } = state;
  return (
    <>
      <h2>Groups</h2>
      <p class="hint">
        {state.strategy === 'sticky'
          ? 'Each job’s values are one group, kept on one gateway: the holder.'
          : 'Each job’s values are one group, pushed to every gateway.'}
      </p>
      {groups.length === 0 && <p class="hint">Not known: the store has not been read yet.</p>}
      <div class="cards">
        {groups.map((group) => (
          <GroupCard key={group.job} group={group} state={state} confirm={confirm} />
        ))}
      </div>
      <h2>Last pushes of this process</h2>
      <p class="hint">Of {state.process}, the latest first. When any replica pushed last stands above.</p>
      {pushes.length === 0 && <p class="hint">This process has not pushed since it started.</p>}
      {pushes.length > 0 && (
        <div class="scroll" role="region" aria-label="Last pushes" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>When</th>
                <th>Job</th>
                <th>Outcome</th>
                <th>Gateway</th>
                <th class="number">Series</th>
                <th class="number">Size</th>
                <th class="number">Took</th>
              </tr>
            </thead>
            <tbody>
              {pushes.map((push) => (
                <tr key={`${push.at} ${push.job}`}>
                  <td class="when" title={new Date(push.at).toISOString()}>
                    {ageText(state.at - push.at)}
                  </td>
                  <td>{visible(push.job)}</td>
                  <td>
                    <Badge
                      kind={push.outcome === 'pushed' ? 'ok' : push.outcome === 'failed' ? 'error' : 'idle'}
                      text={push.outcome}
                    />
                    {push.reason !== undefined && <div class="reason">{visible(push.reason)}</div>}
                  </td>
                  <td class="gateway">{visible(push.outcome === 'skipped' ? '' : push.gateway)}</td>
                  <td class="number" data-of="Series">
                    {push.series}
                  </td>
                  <td class="number" data-of="Size">
                    {bytesText(push.bytes)}
                  </td>
                  <td class="number" data-of="Took">
                    {msText(push.durationMs)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function GroupCard({ group, state, confirm }: Props & { group: Group }) {
  const { job, instance, holder, silentForMs, pushedAt, contested } = group;
  const gateways = state.servers.filter(({ kind }) => kind === 'gateway').map(({ address }) => address);
  const copies = state.strategy === 'sticky' ? group.copies : group.copies.filter((copy) => !gateways.includes(copy));
  const forgotten = Object.entries(group.forgotten);
  return (
    <article class="card">
      <h3>{visible(job)}</h3>
      <dl class="facts">
        <Fact name="Instance">{visible(instance)}</Fact>
        <Fact name="Pushed">{pushedAt === undefined ? 'never' : ageText(state.at - Date.parse(pushedAt))}</Fact>
        <Fact name={state.strategy === 'sticky' ? 'Holder' : 'On'}>
          {state.strategy === 'sticky' ? visible(holder ?? 'none yet') : `all ${counted(gateways.length, 'gateway')}`}
        </Fact>
        {copies.length > 0 && (
          <Fact name="Copies to remove">
            {copies
              .map((copy) => {
                const silent = group.unreachableForMs[copy];
                return silent === undefined ? copy : `${copy} (nobody has answered there for ${msText(silent)})`;
              })
              .map(visible)
              .join(', ')}
          </Fact>
        )}
      </dl>
      {silentForMs !== undefined && (
        <p class="note error">The holder has not answered for {msText(silentForMs)}: values wait, none is lost.</p>
      )}
      {forgotten.map(([gateway, at]) => (
        <p class="note warning">
          {visible(`A copy on ${gateway} was forgotten on ${at}: nobody had answered there for an hour.`)}
        </p>
      ))}
      {contested.map((text) => (
        <p class="note warning">{visible(text)}</p>
      ))}
      {state.actions && (
        <div class="buttons">
          <button
            type="button"
            onClick={() => {
              const text = `Replaces the group of ${job} on its gateway by the values of all replicas as they are now, as every scheduled push does.`;
              confirm(
                { title: `Push ${job} now?`, text, verb: 'Push now', isDangerous: false, act: () => undefined },
                'actions/push',
                { job },
              );
            }}
          >
            Push now…
          </button>
          <button
            type="button"
            class="danger quiet"
            onClick={() => {
              const text = `Removes the group of ${job} from the gateways. Values in the store stay, and return with the next push.`;
              confirm(
                {
                  title: `Delete the group of ${job}?`,
                  text,
                  verb: 'Delete group',
                  isDangerous: true,
                  act: () => undefined,
                },
                'actions/delete',
                { job },
              );
            }}
          >
            Delete group…
          </button>
        </div>
      )}
    </article>
  );
}

export function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const SIGNS = { ok: '✓', error: '✕', warning: '!', idle: '–' };

/** Told by sign and word, not by colour alone. */
export function Badge({ kind, text }: { kind: keyof typeof SIGNS; text: string }) {
  return (
    <span class={`badge ${kind}`}>
      <span aria-hidden="true">{SIGNS[kind]}</span> {text}
    </span>
  );
}
