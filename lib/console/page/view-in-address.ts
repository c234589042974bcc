/** What is looked at: kept in the address, after `#`, so that a link shows the same. */
export interface View {
  readonly tab: string;
  readonly search: string;
  readonly type: string;
  readonly page: number;
  readonly job: string;
  readonly name: string;
  readonly seriesPage: number;
  readonly sort: 'labels' | 'value';
}

const TABS = ['metrics', 'groups', 'servers', 'doctor'];

const NONE: View = { tab: 'metrics', search: '', type: '', page: 0, job: '', name: '', seriesPage: 0, sort: 'labels' };

export function viewFromAddress(): View {
  const given = new URLSearchParams(location.hash.slice(1));
  const { tab, search, type, job, name } = NONE;
  return {
    ...NONE,
    tab: TABS.includes(given.get('tab') ?? '') ? (given.get('tab') as string) : tab,
    search: given.get('search') ?? search,
    type: given.get('type') ?? type,
    job: given.get('job') ?? job,
    name: given.get('name') ?? name,
  };
}

export function keepInAddress(view: View): void {
  const kept = (['tab', 'search', 'type', 'job', 'name'] as const).filter((key) => view[key] !== NONE[key]);
  const hash = new URLSearchParams(kept.map((key) => [key, view[key]])).toString();
  history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
}

export function queryOf({ search, type, page, job, name, seriesPage, sort }: View): string {
  return new URLSearchParams({
    search,
    type,
    page: String(page),
    job,
    name,
    series: String(seriesPage),
    sort,
  }).toString();
}
