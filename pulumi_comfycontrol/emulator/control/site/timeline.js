// Requests of the last minute as bars, and how many of them the quota's window holds as a line.

const SPAN = 60;
const MARGIN = { left: 26, right: 6, top: 8, bottom: 18 };
const KINDS = ["ok", "refused", "limited", "failed"];

export function kindOf(status) {
  if (status === null || status >= 500) return "failed";
  if (status === 429) return "limited";
  return status >= 400 ? "refused" : "ok";
}

/** Draw into an SVG; returns the number in the present window. `records` have `seconds`, the time
 * of their arrival; `now` is the clock's. */
export function draw(svg, records, now, settings) {
  const width = svg.clientWidth || 600;
  const height = svg.clientHeight || 150;
  const from = now - SPAN;
  const x = (seconds) => MARGIN.left + ((seconds - from) / SPAN) * (width - MARGIN.left - MARGIN.right);
  const recent = records.filter((record) => record.seconds > from - settings.rate_window);
  const line = inWindow(recent, from, now, settings);
  const limit = settings.rate_limit ? settings.rate_requests : 0;
  const most = Math.max(limit * 1.15, 10, ...line.map((point) => point.count));
  const base = height - MARGIN.bottom;
  const y = (count) => base - (count / most) * (base - MARGIN.top);

  const parts = [];
  const add = (tag, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    parts.push(element);
  };
  const band = (className, start, end) => {
    const left = Math.max(x(start), MARGIN.left);
    const right = Math.min(x(end), width - MARGIN.right);
    if (right > left) add("rect", { class: className, x: left, y: MARGIN.top, width: right - left, height: base - MARGIN.top });
  };

  band("window", now - settings.rate_window, now);
  for (const start of coolDowns(recent, settings.rate_cool_down)) band("cool-down", start, start + settings.rate_cool_down);
  add("line", { class: "base", x1: MARGIN.left, x2: width - MARGIN.right, y1: base, y2: base });
  if (limit) {
    add("line", { class: "limit", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(limit), y2: y(limit) });
    add("text", { x: MARGIN.left - 5, y: y(limit) + 4, "text-anchor": "end" }, limit);
  }
  add("text", { x: MARGIN.left - 5, y: base + 4, "text-anchor": "end" }, 0);
  for (let ago = 0; ago <= SPAN; ago += width < 500 ? 20 : 10) {
    const anchor = ago === 0 ? "end" : ago === SPAN ? "start" : "middle";
    add("text", { x: x(now - ago), y: height - 4, "text-anchor": anchor }, ago ? `−${ago} s` : "now");
  }
  bars(recent.filter((record) => record.seconds > from)).forEach(({ second, counts }) => {
    let below = 0;
    for (const kind of KINDS) {
      if (!counts[kind]) continue;
      const left = Math.max(x(second), MARGIN.left);
      const barWidth = Math.max(x(second + 1) - left - 2, 1);
      add("rect", { class: `bar-${kind}`, rx: 1.5, x: left, width: barWidth,
        y: y(below + counts[kind]), height: Math.max(y(below) - y(below + counts[kind]) - 1, 1) });
      below += counts[kind];
    }
  });
  const points = line.map((point) => `${x(point.seconds).toFixed(1)},${y(point.count).toFixed(1)}`);
  add("polyline", { class: "in-window", points: points.join(" ") });
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(...parts);
  return line.at(-1).count;
}

function bars(records) {
  const found = new Map();
  for (const record of records) {
    const second = Math.floor(record.seconds);
    if (!found.has(second)) found.set(second, { second, counts: {} });
    const { counts } = found.get(second);
    const kind = kindOf(record.status);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return [...found.values()];
}

/** What an address has used of the quota, at each change since `from`; of several the fullest. */
function inWindow(records, from, now, settings) {
  const changes = counted(records, settings).filter((one) => one.seconds <= now).sort((a, b) => a.seconds - b.seconds);
  const used = new Map();
  const most = () => Math.max(0, ...used.values());
  const points = [];
  const add = (seconds, count) => {
    if (seconds > from && count !== points.at(-1)?.count) points.push({ seconds, count: points.at(-1)?.count ?? 0 }, { seconds, count });
  };
  for (const { seconds, client, by } of changes) {
    if (seconds > from && !points.length) points.push({ seconds: from, count: most() });
    used.set(client, (used.get(client) ?? 0) + by);
    add(seconds, most());
  }
  return [...(points.length ? points : [{ seconds: from, count: most() }]), { seconds: now, count: most() }];
}

/** When requests begin and cease to count; a 429 of the limit makes those before cease. */
function counted(records, { rate_window: window, rate_fixed_window: fixed }) {
  const found = new Map();
  for (const record of records) {
    const { client, seconds, at } = record;
    if (!found.has(client)) found.set(client, []);
    const own = found.get(client);
    // Fixed windows end at multiples of their length on the emulator's monotonic clock.
    if (!isOfLimit(record)) own.push({ start: seconds, end: seconds + window - (fixed ? at % window : 0) });
    else for (const one of own) one.end = Math.min(one.end, seconds);
  }
  return [...found].flatMap(([client, own]) => own.flatMap(({ start, end }) => [
    { client, seconds: start, by: 1 }, { client, seconds: end, by: -1 }]));
}

/** Whether the limit has refused a request, and no fault that was ordered. */
const isOfLimit = (record) => record.status === 429 && !record.fault;

/** The starts of the times in which an address was closed. */
export function coolDowns(records, length) {
  const starts = [];
  for (const record of records) {
    if (!isOfLimit(record)) continue;
    if (!starts.length || record.seconds > starts.at(-1) + length) starts.push(record.seconds);
  }
  return starts;
}
