import type { FamilyState, PageState, SeriesState } from '../feed/page-state.js';
import { Buckets, Sparkline } from './chart.js';
import type { Question } from './dialog.js';
import { Pager } from './pager.js';
import { counted, exactText, numberText, spanText, visible } from './shown-text.js';
import type { View } from './view-in-address.js';

interface Props {
  readonly state: PageState;
  readonly view: View;
  readonly change: (part: Partial<View>) => void;
  readonly confirm: (question: Question, path: string, parameters: Record<string, string>) => void;
}

const TYPES = ['counter', 'gauge', 'histogram', 'summary'];

export function Metrics(props: Props) {
  const { state, view, change } = props;
  const { found, totals, families } = state;
  const isFiltered = view.search !== '' || view.type !== '';
  if (totals.families === 0) return <Empty state={state} isFiltered={false} />;
  return (
    <>
      <form
        class="toolbar"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
        }}
      >
        <label class="grow">
          Search by name or label
          <input
            type="search"
            value={view.search}
            placeholder="orders type=blue"
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => {
              change({ search: currentTarget.value, page: 0, seriesPage: 0 });
            }}
          />
        </label>
        <label>
          Type
          <select
            value={view.type}
            onChange={({ currentTarget }) => {
              change({ type: currentTarget.value, page: 0 });
            }}
          >
            <option value="">all</option>
            {TYPES.map((type) => (
              <option value={type}>{type}</option>
            ))}
          </select>
        </label>
      </form>
      <p class="hint" role="status">
        {isFiltered
          ? `${counted(found.series, 'series', 'series')} in ${counted(found.families, 'metric')} found, of ${counted(totals.series, 'series', 'series')}.`
          : `${counted(totals.families, 'metric')}, ${counted(totals.series, 'series', 'series')}, of all replicas together.`}{' '}
        {state.readings < 3 && totals.series > 0 && 'Charts begin now, since nobody has looked so far.'}
      </p>
      {families.length === 0 && <Empty state={state} isFiltered={isFiltered} />}
      {families.length > 0 && (
        <div class="families">
          <div class="row head" aria-hidden="true">
            <span>Metric</span>
            <span class="number">Series</span>
            <span class="number">Value</span>
            <span class="number">Last minute</span>
            <span>Last {spanText(state.chartMs)}</span>
          </div>
          {families.map((family) => (
            <Family key={`${family.job}\n${family.name}`} family={family} {...props} />
          ))}
        </div>
      )}
      <Pager
        page={found.page}
        pages={found.pages}
        what="metrics"
        go={(page) => {
          change({ page, name: '' });
        }}
      />
    </>
  );
}

function Empty({ state, isFiltered }: { state: PageState; isFiltered: boolean }) {
  if (isFiltered && state.totals.families > 0) {
    return (
      <div class="empty">
        <h2>Nothing matches</h2>
        <p>
          All words must be in a metric’s name or in one series’ labels. <code>type=blue</code> is the beginning of a
          label’s value, <code>type="blue"</code> all of it.
        </p>
      </div>
    );
  }
  if (state.store.readAt === undefined) {
    return (
      <div class="empty">
        <h2>{state.store.error === undefined ? 'Reading the values…' : 'No values to show'}</h2>
        <p>
          {state.store.error === undefined
            ? `From ${state.store.address}.`
            : 'They show as soon as Redis answers. Nothing counted meanwhile is lost.'}
        </p>
      </div>
    );
  }
  return (
    <div class="empty">
      <h2>Nothing is counted yet</h2>
      <p>
        The store holds no metric of {state.jobs.join(', ')}. Define one and count: it shows here within two seconds.
      </p>
      <pre>{"const orders = metrics.counter({ name: 'orders_total', help: 'Orders' });\norders.inc();"}</pre>
    </div>
  );
}

function Family({ family, state, view, change, confirm }: Props & { family: FamilyState }) {
  const { job, name, type, help, series, total, lastMinute, chart, open } = family;
  const isOpen = view.job === job && view.name === name;
  const panel = `series-${job}-${name}`;
  return (
    <section class={isOpen ? 'family open' : 'family'}>
      <h2>
        <button
          type="button"
          class="row"
          aria-expanded={isOpen}
          aria-controls={isOpen ? panel : undefined}
          onClick={() => {
            change(isOpen ? { job: '', name: '' } : { job, name, seriesPage: 0 });
          }}
        >
          <span class="what">
            <span class="name">{visible(name)}</span>
            <span class={`type ${type}`}>{type}</span>
            {state.jobs.length > 1 && <span class="job">{visible(job)}</span>}
            <span class="help">{visible(help)}</span>
          </span>
          <Cell name="Series">{numberText(series)}</Cell>
          <Cell name={totalName(family)} title={total === undefined ? '' : exactText(total)}>
            {total === undefined ? '–' : numberText(total)}
          </Cell>
          <Cell name="Last minute">{lastMinute === undefined ? '' : `+${numberText(lastMinute)}`}</Cell>
          <Sparkline points={chart} state={state} unit={type === 'gauge' ? '' : ' a second'} />
        </button>
      </h2>
      {isOpen && (
        <div class="series" id={panel}>
          {open === undefined ? (
            <p class="hint">Reading…</p>
          ) : (
            <SeriesTable family={family} open={open} state={state} view={view} change={change} />
          )}
          {state.actions && (
            <div class="buttons">
              <button
                type="button"
                class="danger quiet"
                onClick={() => {
                  confirm(
                    {
                      title: `Clear ${name}?`,
                      text: `Forgets all ${numberText(series)} stored series of ${name} (job ${job}), for every replica. This cannot be undone. Gateways keep their copy until the next push.`,
                      verb: 'Clear metric',
                      isDangerous: true,
                      act: () => undefined,
                    },
                    'actions/clear',
                    { job, metric: name },
                  );
                }}
              >
                Clear this metric…
              </button>
            </div>
          )}
        </div>
      )}
    </section>
  );
}

function totalName({ type, series }: FamilyState): string {
  if (type === 'gauge') return series > 1 ? 'Highest' : 'Value';
  if (type === 'counter') return series > 1 ? 'Sum' : 'Value';
  return 'Observed';
}

function Cell({ name, title, children }: { name: string; title?: string; children: string }) {
  return (
    <span class="number" title={title}>
      <span class="caption">{name}</span>
      {children}
    </span>
  );
}

type SeriesProps = Pick<Props, 'state' | 'view' | 'change'> & {
  family: FamilyState;
  open: NonNullable<FamilyState['open']>;
};

function SeriesTable({ family, open, state, view, change }: SeriesProps) {
  const { type, name } = family;
  const { rows, page, pages } = open;
  const isSingle = rows.length === 1 && pages === 1;
  return (
    <>
      {rows.length === 0 && <p class="hint">It has no series yet: nothing was counted.</p>}
      {rows.length > 1 && (
        <div class="sort" role="group" aria-label="Order of the series">
          <button
            type="button"
            aria-pressed={view.sort === 'labels'}
            onClick={() => {
              change({ sort: 'labels', seriesPage: 0 });
            }}
          >
            By labels
          </button>
          <button
            type="button"
            aria-pressed={view.sort === 'value'}
            onClick={() => {
              change({ sort: 'value', seriesPage: 0 });
            }}
          >
            Highest first
          </button>
        </div>
      )}
      <ul class="rows" aria-label={`Series of ${visible(name)}`}>
        {rows.map((row) => (
          <li class={isSingle ? 'one single' : 'one'} key={JSON.stringify(row.labels)}>
            <Labels labels={row.labels} />
            <span class="value" title={exactText(row.value)}>
              {numberText(row.value)}
              <Detail type={type} row={row} />
            </span>
            <span class="minute" title="in the last minute">
              {row.lastMinute === undefined ? '' : `+${numberText(row.lastMinute)}`}
            </span>
            <Sparkline points={row.chart} state={state} unit={type === 'gauge' ? '' : ' a second'} wide={isSingle} />
            {row.buckets && <Buckets buckets={row.buckets} large={isSingle} />}
            {row.quantiles && <Quantiles quantiles={row.quantiles} />}
          </li>
        ))}
      </ul>
      <Pager
        page={page}
        pages={pages}
        what="series"
        go={(seriesPage) => {
          change({ seriesPage });
        }}
      />
    </>
  );
}

function Labels({ labels }: { labels: SeriesState['labels'] }) {
  if (labels.length === 0) return <span class="labels none">no labels</span>;
  return (
    <span class="labels">
      {labels.map(([label, value]) => (
        <span class="label">
          <span class="key">{label}</span>
          <bdi title={value.length > 60 ? visible(value) : undefined}>{value === '' ? '""' : visible(value)}</bdi>
        </span>
      ))}
    </span>
  );
}

function Detail({ type, row }: { type: FamilyState['type']; row: SeriesState }) {
  if (type !== 'histogram' && type !== 'summary') return null;
  const { sum, value } = row;
  const mean = typeof sum === 'number' && typeof value === 'number' && value > 0 ? numberText(sum / value) : '–';
  return <small>mean {mean}</small>;
}

function Quantiles({ quantiles }: { quantiles: NonNullable<SeriesState['quantiles']> }) {
  return (
    <dl class="quantiles">
      {quantiles.map(([rank, value]) => (
        <div>
          <dt>{`p${Number((rank * 100).toPrecision(6))}`}</dt>
          <dd title={exactText(value)}>{value === 'NaN' ? 'none lately' : numberText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
