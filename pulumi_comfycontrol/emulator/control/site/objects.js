// Runners, templates and managed runners: shown, added, edited, deleted as in the dashboard.

import { ask, edit, el, plural } from "./ui.js";

const MOST = 100;
const CHOICES = { status: ["active", "disabled"], runner_type: ["pro", "plus"] };
const KINDS = {
  runners: { title: "Runners", word: "runner", fields: ["name", "endpoint", "tags", "headers", "status", "reachable"] },
  templates: { title: "Templates", word: "template", fields: ["name", "description", "body"] },
  "managed-runners": { title: "Managed runners", word: "managed runner", fields: ["name", "runner_type", "tags", "status", "reachable"] },
};

export async function showObjects(refresh) {
  for (const kind of Object.keys(KINDS)) {
    show(kind, await ask("GET", `emulator/${kind}`), refresh);
  }
}

function show(kind, rows, refresh) {
  const { title, word } = KINDS[kind];
  const add = el("button", { className: "main", textContent: "Add", ariaLabel: `Add a ${word}`, onclick: () => open(kind, null, refresh) });
  const head = el("div", { className: "row" }, el("h2", { textContent: title }),
    el("span", { className: "soft", textContent: String(rows.length) }), el("span", { className: "spacer" }), add);
  const items = rows.slice(0, MOST).map((row) => item(kind, row, refresh));
  if (!rows.length) items.push(el("p", { className: "empty", textContent: `No ${word} yet. Run pulumi up, or add one here.` }));
  if (rows.length > MOST) items.push(el("p", { className: "empty", textContent: `and ${plural(rows.length - MOST, "more")}` }));
  document.getElementById(kind).replaceChildren(head, ...items);
}

function item(kind, row, refresh) {
  const lines = [];
  const detail = (...children) => lines.push(el("div", { className: "detail small soft" }, ...children));
  if (row.endpoint) detail(el("code", { textContent: row.endpoint.replace(/\/\/[^/?#]*@/, "//***@") }));
  if (row.description) detail(row.description);
  if (row.runner_type) detail(row.runner_type);
  if (row.body) detail(plural([...row.body].length, "character"), " of JSON");
  const chips = [...(row.tags ?? []), ...Object.keys(row.headers ?? {}).map((name) => `${name}: ***`)];
  if (chips.length) lines.push(el("div", {}, ...chips.map((text) => el("span", { className: "chip", textContent: text }))));
  detail(el("code", { textContent: row.id }));
  const state = row.reachable === false ? "silent" : row.status ?? "active";
  const name = el("div", { className: "name" }, "status" in row ? el("span", { className: `dot ${state}`, title: state }) : "", row.name || "without a name",
    state === "active" ? "" : el("span", { className: `chip ${state}`, textContent: state === "silent" ? "machine silent" : state }));
  const remove = async () => {
    if (!confirm(`Delete ${row.name || row.id} as if in the dashboard?`)) return;
    await ask("DELETE", `emulator/${kind}/${encodeURIComponent(row.id)}`);
    await refresh();
  };
  return el("div", { className: "item" }, el("div", {}, name, ...lines),
    el("div", { className: "actions" },
      el("button", { className: "plain", textContent: "Edit", ariaLabel: `Edit ${row.name}`, onclick: () => open(kind, row, refresh) }),
      el("button", { className: "plain", textContent: "Delete", ariaLabel: `Delete ${row.name}`, onclick: remove })));
}

function open(kind, row, refresh) {
  const { word, fields } = KINDS[kind];
  const shown = row ?? { name: "GPU", endpoint: "https://comfy.example.com", body: "{}", tags: [], headers: {} };
  const inputs = fields.map((name) => [name, label(name), input(name, shown[name])]);
  edit(row ? `Edit ${row.name || word}` : `Add a ${word}`, inputs, async (given) => {
    const changed = {};
    for (const name of fields) changed[name] = value(name, given[name]);
    if (row) await ask("PUT", `emulator/${kind}/${encodeURIComponent(row.id)}`, changed);
    else await ask("POST", `emulator/${kind}`, changed);
    await refresh();
  });
}

const label = (name) => ({
  tags: "tags, separated by commas",
  headers: "headers, one “name: value” a line",
  body: "body (JSON)",
  runner_type: "type",
  reachable: "the machine answers",
})[name] ?? name;

function input(name, old) {
  if (name in CHOICES) {
    return el("select", {}, ...CHOICES[name].map((text) => el("option", { textContent: text, selected: text === old })));
  }
  if (name === "reachable") return el("input", { type: "checkbox", checked: old !== false });
  if (name === "tags") return el("input", { value: (old ?? []).join(", ") });
  if (name === "headers") {
    const lines = Object.entries(old ?? {}).map(([header, text]) => `${header}: ${text}`);
    return el("textarea", { value: lines.join("\n"), className: "mono", spellcheck: false });
  }
  if (name === "body") return el("textarea", { value: old ?? "", className: "mono", spellcheck: false });
  return el("input", { value: old ?? "" });
}

function value(name, input) {
  if (name === "reachable") return input.checked;
  if (name === "tags") return input.value.split(",").map((tag) => tag.trim()).filter(Boolean);
  if (name !== "headers") return input.value;
  const headers = {};
  for (const line of input.value.split("\n").filter((text) => text.trim())) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new Error(`“${line}” is no header: write “name: value”.`);
    headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return headers;
}
