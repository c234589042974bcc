import type { PageState } from '../feed/page-state.js';
import { Badge } from './groups.js';
import { ageText, msText, visible } from './shown-text.js';

const WORDS = { answers: 'answers', partly: 'answers in part', silent: 'does not answer' };
const KINDS = { answers: 'ok', partly: 'warning', silent: 'error' } as const;

/** Every gateway and every Prometheus with its answer. */
export function Servers({ state }: { state: PageState }) {
  const { servers, store } = state;
  return (
    <>
      <h2>Store</h2>
      <div class="cards">
        <article class="card">
          <h3>{visible(store.isMemory ? 'memory of this process' : store.address)}</h3>
          <Badge
            kind={store.error === undefined ? 'ok' : 'error'}
            text={store.error === undefined ? 'answers' : 'does not answer'}
          />
          <p>
            {store.error !== undefined && visible(store.error)}
            {store.error === undefined && store.tookMs !== undefined && `All values read in ${msText(store.tookMs)}.`}
            {store.isMemory && ' Other replicas have values of their own, which are not shown.'}
          </p>
        </article>
      </div>
      <List title="Gateways" servers={servers.filter(({ kind }) => kind === 'gateway')} at={state.at} />
      <List title="Prometheus" servers={servers.filter(({ kind }) => kind === 'prometheus')} at={state.at} />
    </>
  );
}

function List({ title, servers, at }: { title: string; servers: PageState['servers']; at: number }) {
  return (
    <>
      <h2>{title}</h2>
      {servers.length === 0 && <p class="hint">Not asked yet.</p>}
      <div class="cards">
        {servers.map((server) => (
          <article class="card" key={server.address} data-server={server.address}>
            <h3>{visible(server.address)}</h3>
            <Badge kind={KINDS[server.state]} text={WORDS[server.state]} />
            <p>{visible(server.text)}</p>
            <p class="hint">
              Asked {ageText(at - server.at)}, took {msText(server.tookMs)}.
            </p>
          </article>
        ))}
      </div>
    </>
  );
}
