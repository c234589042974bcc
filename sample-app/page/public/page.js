/** The page's only script. It shows what comes as events, and sends what is clicked. */
const byId = (id) => document.getElementById(id);
const KEPT_LINES = 6;
const SILENT_MS = 3_000;

let state;
let lastPaid;
let lastEvent = Date.now();

const events = new EventSource('page/events');
events.onmessage = ({ data }) => {
  lastEvent = Date.now();
  state = JSON.parse(data);
  show();
};
setInterval(() => {
  if (Date.now() - lastEvent > SILENT_MS) showVerdict('wrong', 'The shop does not answer. Does it still run?');
}, 500);

document.addEventListener('click', ({ target }) => {
  const button = target.closest('button[data-do]');
  if (button) void run(button);
});

async function run(button) {
  const act = ACTIONS[button.dataset.do];
  // A key that is held down is one wish; a click on something that takes long can be followed by others.
  const isLong = ['push', 'act'].includes(button.dataset.do);
  if (isLong) button.disabled = true;
  try {
    log(await act(button.dataset));
  } catch (error) {
    log(error.message, true);
  }
  if (isLong) button.disabled = false;
}

const ACTIONS = {
  async sell({ type }) {
    const country = byId('country');
    const order = await post('orders', { type, country: country.value, items: 1 + Math.floor(Math.random() * 3) });
    await post(`orders/${order.id}/payment`, { method: 'card' });
    lastPaid = order.id;
    return `Order ${order.id}: ${order.items} × ${type} to ${country.selectedOptions[0].text}, paid`;
  },
  async refund() {
    if (lastPaid === undefined) throw new Error('Nothing to refund yet: buy something first');
    const { id } = await post(`orders/${lastPaid}/refund`);
    lastPaid = undefined;
    return `Order ${id} is paid back`;
  },
  async fail() {
    const { status } = await send('trouble/fail');
    return `The shop failed with ${status}, as you wished`;
  },
  async slow() {
    const { tookMs } = await post('trouble/slow');
    return `Took ${tookMs / 1000} s`;
  },
  async fill() {
    const orders = Array.from({ length: 10 }, () => post('orders', { type: 'book', country: byId('country').value }));
    await Promise.all(orders);
    return '10 books ordered, not paid: they wait to be packed';
  },
  async drain() {
    const { drained } = await post('queue/drain');
    return `The warehouse has taken ${drained} orders`;
  },
  async push() {
    const results = await post('page/push');
    return results
      .map(({ job, outcome, series, gateway, durationMs, reason }) =>
        outcome === 'pushed'
          ? `${job}: ${series} series to ${withoutScheme(gateway)} in ${Math.round(durationMs)} ms`
          : `${job}: ${outcome}: ${reason}`,
      )
      .join('; ');
  },
  async 'auto-push'() {
    const { isOn } = await post('page/auto-push', { on: !state.autoPush.isOn });
    return isOn ? 'Auto-push runs again' : 'Auto-push is stopped: what you count now stays in the store';
  },
  async customers() {
    const come = !state.demo.customersCome;
    await post('page/stage', { act: 'customers', come });
    return come ? 'Customers come again' : 'No customers but you';
  },
  async act({ act, gateway, name }) {
    await post('page/stage', { act, gateway });
    return `${name} ${{ kill: 'is killed', freeze: 'is frozen', revive: 'runs again' }[act]}`;
  },
};

function send(path, body) {
  return fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shop-token': state?.token ?? '' },
    body: JSON.stringify(body ?? {}),
  });
}

async function post(path, body) {
  const response = await send(path, body);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

function log(text, isFailed = false) {
  const line = element('li', { textContent: text });
  if (isFailed) line.dataset.failed = '';
  const list = byId('log');
  if (list.dataset.used === undefined) list.replaceChildren();
  list.dataset.used = '';
  list.prepend(line);
  while (list.children.length > KEPT_LINES) list.lastChild.remove();
}

function show() {
  const { autoPush, demo, rows } = state;
  showVerdict(state.verdict, verdictText());
  byId('schedule').textContent = autoPush.isOn
    ? `Auto-push runs, every ${autoPush.everyMs / 1000} s.`
    : 'Auto-push is stopped. Nothing reaches the gateways until you push.';
  document.querySelector('[data-do="auto-push"]').textContent = autoPush.isOn ? 'Stop auto-push' : 'Start auto-push';
  byId('customers').hidden = !demo;
  const customers = byId('customers').firstElementChild;
  customers.textContent = demo?.customersCome ? 'Send the other customers home' : 'Let other customers in';
  customers.ariaPressed = String(Boolean(demo?.customersCome));
  const elsewhere = rows.filter((row) => row.elsewhere > 0);
  byId('elsewhere').hidden = elsewhere.length === 0;
  byId('elsewhere').textContent =
    elsewhere.length === 0
      ? ''
      : `The store also has what former runs and other replicas have counted, which is added to "here": ${elsewhere
          .map(({ title, elsewhere: count }) => `${title} ${count}`)
          .join(', ')}.`;
  showBoard();
}

function showVerdict(verdict, text) {
  const line = byId('verdict');
  line.dataset.verdict = verdict;
  // Told to a screen reader only when it changes.
  if (line.textContent !== text) line.textContent = text;
}

function verdictText() {
  const { verdict, places, autoPush } = state;
  const away = places
    .filter(({ error }) => error)
    .map(({ name, error, state: staged }) =>
      staged === 'killed' || staged === 'frozen' ? `${name} is ${staged}` : `${name}: ${error}`,
    );
  const said = away.length === 0 ? '' : ` ${away.join('. ')}.`;
  if (verdict === 'right') return 'All places agree.';
  if (verdict === 'wrong') {
    const wrong = places.filter((place) => place.verdict === 'wrong').map(({ name }) => name);
    return `They differ longer than they may: ${wrong.join(', ')}.${said}`;
  }
  const isDue = places.some((place) => place.verdict === 'due');
  if (places.every(({ error }) => error)) return `No place answers.${said}`;
  if (!isDue) return `All that answer agree.${said}`;
  return (autoPush.isOn ? 'On its way: a push or a scrape is still due.' : 'Waiting: auto-push is stopped.') + said;
}

/** Built once for a list of places; afterwards only texts change, so that focus and selection stay. */
function showBoard() {
  const { places, rows } = state;
  const table = byId('board');
  const shape = JSON.stringify([places.map(({ url, state: staged }) => [url, Boolean(staged)]), rows.length]);
  if (table.dataset.shape !== shape) {
    table.dataset.shape = shape;
    build(table);
  }
  for (const [at, place] of places.entries()) showHead(table.tHead.rows[0].cells[at + 2], place);
  for (const [index, { here, elsewhere }] of rows.entries()) {
    const { cells } = table.tBodies[0].rows[index];
    setText(cells[1], format(here + elsewhere));
    for (const [at, place] of places.entries()) showCell(cells[at + 2], place.cells[index]);
  }
}

function build(table) {
  const { places, rows } = state;
  const here = element('th', { scope: 'col', className: 'here' });
  here.append('Here', element('small', { textContent: 'counted by this process, without the library' }));
  const head = element('tr');
  head.append(element('th', { scope: 'col', textContent: 'Metric' }), here, ...places.map(headOf));
  const body = rows.map(({ title, job }) => {
    const [metric, labels] = title.split('{');
    const name = element('th', { scope: 'row' });
    // It may break after an underscore, and nowhere else.
    name.append(...metric.split(/(?<=_)/).flatMap((part) => [part, element('wbr')]));
    name.append(element('small', { textContent: [labels?.slice(0, -1), `job ${job}`].filter(Boolean).join(', ') }));
    const row = element('tr');
    row.append(name, cellOf('Here'), ...places.map((place) => cellOf(place.name)));
    return row;
  });
  table.style.minWidth = `${13 + 7.3 * (places.length + 1)}rem`;
  table.replaceChildren(element('thead'), element('tbody'));
  table.tHead.append(head);
  table.tBodies[0].append(...body);
}

function cellOf(place) {
  const cell = element('td');
  cell.dataset.place = place;
  return cell;
}

function headOf({ name, url, state: staged }) {
  const head = element('th', { scope: 'col', textContent: name });
  if (url) head.append(element('small', { textContent: withoutScheme(url) }));
  head.append(element('small', { className: 'age' }));
  if (!staged) return head;
  const buttons = element('div', { className: 'buttons' });
  for (const [act, text] of [
    ['kill', 'Kill'],
    ['freeze', 'Freeze'],
    ['revive', 'Revive'],
  ]) {
    const button = element('button', { className: 'small', textContent: text, ariaLabel: `${text} ${name}` });
    Object.assign(button.dataset, { do: 'act', act, gateway: url, name });
    buttons.append(button);
  }
  head.append(buttons);
  return head;
}

function showHead(head, place) {
  const age = head.querySelector('.age');
  setText(age, ageText(place));
  age.classList.toggle('problem', Boolean(place.error));
  for (const button of head.querySelectorAll('button')) {
    const { act } = button.dataset;
    button.hidden =
      (act === 'revive') === (place.state === 'running') ||
      (act === 'freeze' && place.state === 'frozen') ||
      (act === 'kill' && place.state === 'killed');
  }
}

function ageText({ kind, error, ageMs, isEmpty, mayLagMs, state: staged }) {
  if (staged === 'killed' || staged === 'frozen') return staged === 'killed' ? 'killed' : 'frozen';
  if (error) return error;
  if (isEmpty) return 'has no group now';
  if (ageMs === undefined) return 'nothing pushed yet';
  if (kind === 'store') return `read ${seconds(ageMs)} ago`;
  const age = kind === 'gateway' ? `pushed ${seconds(ageMs)} ago` : `has the push of ${seconds(ageMs)} ago`;
  return mayLagMs === null ? age : `${age}; may be ${seconds(mayLagMs)} behind`;
}

function showCell(cell, { value, verdict }) {
  cell.dataset.verdict = verdict;
  setText(cell, textOf(value, verdict));
}

function textOf(value, verdict) {
  if (value !== undefined) return format(value);
  return { unknown: '?', none: '–', right: '0' }[verdict] ?? 'nothing';
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}

function format(number) {
  return number.toLocaleString('en');
}

/** No line breaks between number and unit. */
function seconds(ms) {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)}\u00a0s`;
  return ms < 120_000 ? `${Math.round(ms / 1000)}\u00a0s` : `${Math.round(ms / 60_000)}\u00a0min`;
}

function withoutScheme(url) {
  return url.replace(/^https?:\/\//, '');
}
