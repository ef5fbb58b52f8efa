// The page of the emulator: asks each second for what is new, and shows it.

import { addFault, showFaults } from "./faults.js";
import { showObjects } from "./objects.js";
import { Settings } from "./settings.js";
import { draw, kindOf } from "./timeline.js";
import { ask, el } from "./ui.js";

const EACH = 1000;
const MOST_RECORDS = 5000;
const MOST_SHOWN = 100;
const byId = (id) => document.getElementById(id);

let records = [];
let settings = {};
let quota = []; // of each address, the fullest first
let switches;
let clock = { seconds: 0, multiplier: 1, read: performance.now() };

const now = () => clock.seconds + ((performance.now() - clock.read) / 1000) * clock.multiplier;

async function readClock() {
  const { time, multiplier } = await ask("GET", "emulator/clock");
  clock = { seconds: Date.parse(time) / 1000, multiplier, read: performance.now() };
}

async function readRecords() {
  // The last ones are asked for again: their status may not have been known.
  const open = records.find((record) => record.status === null && record.seconds > now() - 30);
  const after = open ? open.number - 1 : records.at(-1)?.number ?? 0;
  const { requests: count, quota: used } = await ask("GET", "emulator/requests/summary");
  quota = used.map((one) => ({ ...one, open: now() + one.closed_for }));
  if (count < records.length || count < after) records = [];
  const fresh = await ask("GET", `emulator/requests?after=${records.length ? after : 0}`);
  for (const record of fresh) record.seconds = Date.parse(record.time) / 1000;
  const known = records.filter((record) => !fresh.length || record.number < fresh[0].number);
  const before = JSON.stringify(records.slice(-1));
  records = [...known, ...fresh].slice(-MOST_RECORDS);
  return JSON.stringify(records.slice(-1)) !== before;
}

function showRecords() {
  const shown = records.slice(-MOST_SHOWN).reverse().map((record) => {
    const fault = record.fault ? el("span", { className: "chip", textContent: record.fault }) : null;
    const query = new URLSearchParams(record.query).toString();
    const time = new Date(record.seconds * 1000).toLocaleTimeString("en-GB");
    return el("div", { className: `request small ${kindOf(record.status)}` },
      el("span", { className: "time soft", textContent: time }),
      el("span", { className: "mono", textContent: record.method }),
      el("span", { className: "path mono", textContent: record.path + (query ? `?${query}` : "") }),
      el("span", {}, fault, el("span", { className: "status", textContent: record.status ?? "no answer" })));
  });
  if (!shown.length) shown.push(el("p", { className: "empty", textContent: "No request to /v1 yet." }));
  byId("requests").replaceChildren(...shown);
}

function showTraffic() {
  const time = now();
  const latest = draw(byId("timeline"), records, time, settings);
  const gauge = byId("gauge");
  const most = settings.rate_limit ? quota[0] : undefined;
  const closed = most ? most.open - time : 0;
  const inWindow = settings.rate_limit ? most?.in_window ?? 0 : latest;
  const of = settings.rate_limit ? ` of ${settings.rate_requests}` : "";
  const whose = most && quota.length > 1 ? ` from ${most.client}` : "";
  const said = [el("b", { textContent: inWindow }), `${of} in ${settings.rate_window} s${whose}`];
  if (closed > 0) said.push(", ", el("b", { className: "closed", textContent: `closed for ${Math.ceil(closed)} s` }));
  gauge.replaceChildren(...said, ` · ${records.length} in all`);
}

async function refresh() {
  settings = await ask("GET", "emulator/settings");
  switches.show(settings);
  await Promise.all([showObjects(refresh), showFaults(), readClock(), readRecords()]);
  showRecords();
  showTraffic();
}

let turn = 0;
async function follow() {
  try {
    await readClock();
    if (await readRecords()) {
      showRecords();
      await Promise.all([showObjects(refresh), showFaults()]);
    } else if (turn++ % 5 === 0) {
      await refresh();
    }
    byId("lost").hidden = true;
  } catch {
    byId("lost").hidden = false;
  }
  if (settings.rate_window) showTraffic();
  setTimeout(follow, document.hidden ? EACH * 5 : EACH);
}

async function start() {
  const [environment, document_] = await Promise.all([ask("GET", "emulator/environment"), ask("GET", "openapi.json")]);
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
  byId("exports").textContent = lines.join("\n");
  byId("copy").onclick = async () => {
    await copy(lines.join("\n") + "\n");
    byId("copy").textContent = "Copied";
    setTimeout(() => (byId("copy").textContent = "Copy"), 1500);
  };
  switches = new Settings(document_.components.schemas.Settings, refresh);
  byId("add-fault").onclick = () => addFault(refresh);
  byId("clear-faults").onclick = () => ask("DELETE", "emulator/faults").then(refresh);
  byId("clear-requests").onclick = () => ask("DELETE", "emulator/requests").then(refresh);
  byId("advance").onclick = () => ask("POST", "emulator/clock", { advance: 10 }).then(refresh);
  byId("reset").onclick = async () => {
    if (!confirm("Remove all objects, requests and faults, and set all settings as at the start?")) return;
    await ask("POST", "emulator/reset", {});
    await refresh();
  };
  await refresh();
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = el("textarea", { value: text }); // without HTTPS, on another machine
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

start().catch(() => (byId("lost").hidden = false)).finally(follow);
