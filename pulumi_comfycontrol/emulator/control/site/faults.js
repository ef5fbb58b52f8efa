// The faults that are still to happen, and a form to add one.

import { ask, edit, el, plural } from "./ui.js";

const ABOUT = {
  drop_after: "Carry the request out, then close the connection without an answer",
  drop_before: "Close the connection without carrying the request out",
  drop_late: "Close the connection, and carry the request out after a delay",
  status: "Answer a status without carrying the request out",
  status_after: "Carry the request out, then answer a status",
  html: "Answer an HTML page without carrying the request out",
  html_after: "Carry the request out, then answer an HTML page",
  empty: "Carry the request out, then answer 200 without a body",
  truncate: "Carry the request out, then send half of the answer",
  delay: "Wait, then carry the request out",
  delay_after: "Carry the request out, wait, then answer",
  kill_before: "End the emulator before the request",
  kill_after: "Carry the request out, then end the emulator",
};
const PATHS = ["*", "/v1/runner", "/v1/runner/*", "/v1/template", "/v1/template/*"];

export async function showFaults() {
  const faults = await ask("GET", "emulator/faults");
  const items = faults.map((fault) => {
    const times = fault.times === null ? "for ever" : plural(fault.times, "time");
    const skipped = fault.skip ? `, after ${plural(fault.skip, "request")}` : "";
    return el("div", { className: "item" }, el("div", {},
      el("div", { className: "name mono", textContent: `${fault.method} ${fault.path}` }),
      el("div", { className: "detail small soft", textContent: `${ABOUT[fault.kind] ?? fault.kind}, ${times}${skipped}` })),
      el("div", { className: "actions" }, el("span", { className: "chip", textContent: fault.kind })));
  });
  if (!items.length) items.push(el("p", { className: "empty", textContent: "None: every request is answered as the settings say." }));
  document.getElementById("faults").replaceChildren(...items);
}

export function addFault(refresh) {
  const kinds = el("select", {}, ...Object.keys(ABOUT).map((kind) => el("option", { value: kind, textContent: kind })));
  const paths = el("datalist", { id: "paths" }, ...PATHS.map((path) => el("option", { value: path })));
  const about = el("span", { className: "soft" });
  const given = edit("Add a fault", [
    ["kind", "what happens", kinds],
    ["about", "", about],
    ["method", "method", el("select", {}, ...["POST", "GET", "PUT", "DELETE", "*"].map((method) => el("option", { textContent: method })))],
    ["path", "path (* is anything)", el("input", { value: "/v1/runner*", list: "paths" })],
    ["times", "times (empty is for ever)", el("input", { type: "number", min: 1, value: 1 })],
    ["skip", "matching requests that pass first", el("input", { type: "number", min: 0, value: 0 })],
    ["status", "status", el("input", { type: "number", min: 200, max: 599, value: 500 })],
    ["delay", "delay in seconds", el("input", { type: "number", min: 0, step: "any", value: 5 })],
  ], async (inputs) => {
    const fault = { kind: kinds.value, method: inputs.method.value, path: inputs.path.value,
      times: inputs.times.value ? Number(inputs.times.value) : null, skip: Number(inputs.skip.value) };
    if (needs("status")) fault.status = Number(inputs.status.value);
    if (needs("delay")) fault.delay = Number(inputs.delay.value);
    await ask("POST", "emulator/faults", fault);
    await refresh();
  });
  const needs = (name) => name === "status"
    ? /^(status|html)/.test(kinds.value) : /^(delay|drop_late)/.test(kinds.value);
  const choose = () => {
    about.textContent = ABOUT[kinds.value];
    for (const name of ["status", "delay"]) given[name].parentElement.hidden = !needs(name);
  };
  given.path.after(paths);
  kinds.onchange = choose;
  choose();
}
