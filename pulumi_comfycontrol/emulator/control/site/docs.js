// The OpenAPI document as a page: each operation with its parts, and a button that sends it.

import { ask, el } from "./ui.js";

let api;

const nameOf = (schema) => schema?.$ref?.split("/").at(-1);
const resolve = (schema) => (schema?.$ref ? api.components.schemas[nameOf(schema)] : schema);

function words(schema) {
  if (!schema) return "nothing";
  if (schema.anyOf) return schema.anyOf.map(words).join(" or ");
  if (schema.type === "array") return `list of ${words(schema.items)}`;
  return nameOf(schema) ?? schema.enum?.join(" | ") ?? [schema.type, schema.format].filter(Boolean).join(", ");
}

function schemaLinks(schema) {
  const name = nameOf(schema?.items ?? schema?.anyOf?.[0] ?? schema);
  return name ? el("a", { href: `#${name}`, textContent: words(schema) }) : el("span", { textContent: words(schema) });
}

const field = (name, input, note = "") =>
  el("label", { className: "field" }, el("span", {}, el("code", { textContent: name }), el("span", { className: "soft", textContent: note && ` ${note}` })), input);

function operation(path, method, one) {
  const inputs = [];
  const parts = [];
  for (const parameter of one.parameters ?? []) {
    const input = el("input", { spellcheck: false });
    inputs.push({ ...parameter, input });
    parts.push(field(parameter.name, input, `${words(parameter.schema)}${parameter.required ? ", required" : ""}`));
  }
  const body = requestBody(one.requestBody, parts);
  const answers = Object.entries(one.responses).map(([status, response]) => el("li", {},
    el("b", { textContent: `${status} ` }), response.description, response.content ? ": " : "",
    response.content ? schemaLinks(Object.values(response.content)[0].schema) : ""));
  const output = el("pre", { className: "response", hidden: true });
  const send = el("button", { className: "main", textContent: "Send", onclick: () => run(path, method, one, inputs, body, output) });
  return el("details", { className: "operation", id: one.operationId },
    el("summary", {}, el("span", { className: `method mono ${method}`, textContent: method.toUpperCase() }),
      el("code", { textContent: path }), el("span", { className: "soft", textContent: one.summary })),
    el("div", { className: "body" }, ...parts, el("div", { className: "buttons" }, send), output,
      el("ul", { className: "small" }, ...answers)));
}

/** Add the inputs of a request's body; returns a function that makes options of fetch. */
function requestBody(described, parts) {
  if (!described) return () => ({});
  const [[type, { schema }]] = Object.entries(described.content);
  const whole = resolve(schema.anyOf?.[0] ?? schema);
  const example = whole.examples?.[0] ?? {};
  if (type === "application/json") {
    const value = JSON.stringify(example, null, 2);
    const area = el("textarea", { className: "mono", spellcheck: false, value, rows: value.split("\n").length });
    parts.push(el("label", { className: "field" }, el("span", {}, "body: ", schemaLinks(schema)), area));
    return () => ({ headers: { "Content-Type": type }, body: area.value });
  }
  const inputs = Object.entries(whole.properties).map(([name, one]) => {
    const isFile = one.format === "binary";
    const input = el(isFile ? "textarea" : "input", { className: "mono", spellcheck: false, value: example[name] ?? "" });
    parts.push(field(name, input, isFile ? "content of a file" : words(one)));
    return { name, isFile, input };
  });
  return () => {
    const form = new FormData();
    for (const { name, isFile, input } of inputs) {
      if (!input.value) continue;
      if (isFile) form.append(name, new Blob([input.value], { type: "application/json" }), "workflow.json");
      else form.append(name, input.value);
    }
    return { body: form };
  };
}

async function run(path, method, one, inputs, body, output) {
  const query = new URLSearchParams();
  let url = path.slice(1);
  for (const { name, in: where, input } of inputs) {
    if (where === "path") url = url.replace(`{${name}}`, encodeURIComponent(input.value || "0"));
    else if (input.value) query.set(name, input.value);
  }
  const options = { ...body(), method: method.toUpperCase() };
  if (one.security) options.headers = { ...options.headers, Authorization: `Bearer ${document.getElementById("token").value}` };
  output.hidden = false;
  try {
    const response = await fetch(url + (query.size ? `?${query}` : ""), options);
    output.textContent = `${response.status} ${response.statusText}\n${pretty(await response.text())}`;
  } catch {
    output.textContent = "The connection was closed without an answer.";
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function start() {
  api = await ask("GET", "openapi.json");
  const { COMFYCONTROL_API_TOKEN: token } = await ask("GET", "emulator/environment");
  document.getElementById("token").value = token;
  document.getElementById("about").textContent = api.info.description;
  const groups = api.tags.map((tag) => {
    const found = Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods)
      .filter(([, one]) => one.tags.includes(tag.name)).map(([method, one]) => operation(path, method, one)));
    return el("section", { className: "card" }, el("h2", { textContent: tag.description }), ...found);
  });
  const schemas = Object.entries(api.components.schemas).map(([name, schema]) => el("details", { className: "operation", id: name },
    el("summary", {}, el("code", { textContent: name })), el("pre", { textContent: JSON.stringify(schema, null, 2) })));
  groups.push(el("section", { className: "card" }, el("h2", { textContent: "Schemas" }), ...schemas));
  document.getElementById("groups").replaceChildren(...groups);
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target) target.open = true;
    target?.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
}

start();
