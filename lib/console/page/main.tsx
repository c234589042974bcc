import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PageState } from '../feed/page-state.js';
import { ask, type Link, useConsole } from './connection.js';
import { Dialog, type Question } from './dialog.js';
import { Doctor } from './doctor.js';
import { Groups } from './groups.js';
import { Metrics } from './metrics.js';
import { Servers } from './servers.js';
import { tabsOf, Tabs } from './tabs.js';
import { ageText, counted, visible } from './shown-text.js';
import { keepInAddress, queryOf, type View, viewFromAddress } from './view-in-address.js';

const TYPING_MS = 200;
/** Values older than this are marked as old. */
const STALE_MS = 8_000;
const TOLD_MS = 12_000;

function App() {
  const [view, setView] = useState(viewFromAddress);
  const query = useSettled(queryOf(view), TYPING_MS);
  const { state, link } = useConsole(query);
  const [question, setQuestion] = useState<Question>();
  const [told, setTold] = useState<{ text: string; isDone: boolean }>();
  useEffect(() => {
    keepInAddress(view);
  }, [view]);
  useEffect(() => {
    const timer = setTimeout(() => {
      setTold(undefined);
    }, TOLD_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [told]);
  const change = (part: Partial<View>): void => {
    setView((before) => ({ ...before, ...part }));
  };
  const tell = (text: string, isDone: boolean): void => {
    setTold({ text, isDone });
  };
  const confirm = (asked: Question, path: string, parameters: Record<string, string>): void => {
    const act = (): void => {
      tell(`${asked.verb}: under way…`, true);
      void ask(path, parameters).then(({ text, isDone }) => {
        tell(`${asked.verb}: ${text}`, isDone);
      });
    };
    setQuestion({ ...asked, act });
  };
  return (
    <>
      <header>
        <Logo />
        <h1>Metrics console</h1>
        <Liveness state={state} link={link} />
      </header>
      <main>
        <Banners state={state} link={link} />
        {state === undefined && link !== 'lost' && <p class="hint">Connecting…</p>}
        {state && (
          <>
            <Tabs
              tabs={tabsOf(state)}
              chosen={view.tab}
              choose={(tab) => {
                change({ tab });
              }}
            />
            <div class="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${view.tab}`} tabIndex={0}>
              {view.tab === 'groups' && <Groups state={state} confirm={confirm} />}
              {view.tab === 'servers' && <Servers state={state} />}
              {view.tab === 'doctor' && <Doctor state={state} tell={tell} />}
              {view.tab === 'metrics' && <Metrics state={state} view={view} change={change} confirm={confirm} />}
            </div>
          </>
        )}
      </main>
      {state && (
        <footer>
          {visible(state.store.isMemory ? 'Values in memory' : state.store.address)} · read by {visible(state.process)}{' '}
          for {counted(state.viewers, 'viewer')} · {state.actions ? 'actions allowed' : 'read-only'}
        </footer>
      )}
      <div class="told" role="status">
        {told && <p class={told.isDone ? 'ok' : 'error'}>{visible(told.text)}</p>}
      </div>
      {question && (
        <Dialog
          question={question}
          close={() => {
            setQuestion(undefined);
          }}
        />
      )}
    </>
  );
}

function Liveness({ state, link }: { state: PageState | undefined; link: Link }) {
  const { error, readAt } = state?.store ?? {};
  const isLive = link === 'live' && error === undefined && readAt !== undefined;
  const text =
    link === 'lost' ? 'Connection lost' : isLive ? 'Live' : error === undefined ? 'Connecting' : 'Waiting for Redis';
  return (
    <span class={isLive ? 'live' : 'live not'} role="status">
      {text}
    </span>
  );
}

function Banners({ state, link }: { state: PageState | undefined; link: Link }) {
  const age = state?.store.readAt === undefined ? undefined : state.at - state.store.readAt;
  return (
    <div role="alert">
      {link === 'lost' && (
        <p class="note error">
          The application does not answer, or does not let you in any more. Trying again; if you were signed out, sign
          in and reload.
        </p>
      )}
      {state?.store.error !== undefined && (
        <p class="note error">
          <b>{state.store.isMemory ? 'The store does not answer.' : 'Redis does not answer.'}</b>{' '}
          {age !== undefined && `What you see was read ${ageText(age)}. `}
          Counting goes on: what is counted meanwhile waits in each process.{' '}
          <span class="reason">{visible(state.store.error)}</span>
        </p>
      )}
      {state?.store.error === undefined && age !== undefined && age > STALE_MS && (
        <p class="note warning">The store answers slowly: what you see was read {ageText(age)}.</p>
      )}
      {state?.totals.isCut && (
        <p class="note warning">
          There are more series than a page can show: the first {counted(state.totals.series, 'series', 'series')} are
          here. Pushes bring all.
        </p>
      )}
    </div>
  );
}

/** The value once it has not changed for a while. */
function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, ms);
    return () => {
      clearTimeout(timer);
    };
  }, [value, ms]);
  return settled;
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M6 21l6-7 5 4 9-10" />
    </svg>
  );
}

const place = document.getElementById('console');
if (place) {
  place.textContent = '';
  render(<App />, place);
}
