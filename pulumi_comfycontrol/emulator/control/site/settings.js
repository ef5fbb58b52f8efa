// All settings with their sentences, under the headings of their groups; those that differ from
// their defaults come first, under one of their own.

import { ask, el } from "./ui.js";

export class Settings {
  /** `schema` is that of the OpenAPI document; `changed` is called after each change. */
  constructor(schema, changed) {
    this.schema = schema;
    this.changed = changed;
    this.list = document.getElementById("settings");
    document.getElementById("find-setting").oninput = () => this.draw();
  }

  show(values) {
    const text = JSON.stringify(values);
    if (text === this.text || this.list.contains(document.activeElement)) return;
    this.text = text;
    this.values = values;
    this.draw();
  }

  draw() {
    const wanted = document.getElementById("find-setting").value.toLowerCase();
    const found = Object.entries(this.schema.properties).filter(
      ([name, one]) => `${name} ${one["x-heading"]} ${one.description}`.toLowerCase().includes(wanted));
    const groups = new Map([["Changed", []]]);
    for (const [name, one] of found) {
      const heading = this.isChanged(name) ? "Changed" : one["x-heading"];
      groups.set(heading, [...(groups.get(heading) ?? []), this.item(name, one)]);
    }
    this.list.replaceChildren(...[...groups].filter(([, items]) => items.length).map(
      ([heading, items]) => el("section", {}, el("h3", { textContent: heading }), ...items)));
  }

  isChanged(name) {
    return JSON.stringify(this.values[name]) !== JSON.stringify(this.schema.properties[name].default);
  }

  item(name, one) {
    const error = el("div", { className: "error", role: "alert" });
    const set = async (value) => {
      try {
        this.values = await ask("PATCH", "emulator/settings", { [name]: value });
        this.text = JSON.stringify(this.values);
        this.draw();
        this.changed(this.values);
      } catch (failure) {
        error.textContent = failure.message;
      }
    };
    const control = this.control(name, one, set);
    const title = el("div", {}, el("code", { className: "mono", textContent: name }));
    if (this.isChanged(name)) {
      title.append(el("button", { className: "plain small", textContent: "undo", title: `Set the default, ${JSON.stringify(one.default)}`, onclick: () => set(one.default) }));
    }
    return el("div", { className: `setting ${this.isChanged(name) ? "changed" : ""}` },
      el("div", {}, title, el("div", { className: "small soft", textContent: one.description }), error),
      el("div", { className: "control" }, control));
  }

  control(name, one, set) {
    const value = this.values[name];
    const labelled = { ariaLabel: name };
    if (one.enum) {
      const options = one.enum.map((choice) => el("option", { textContent: choice, selected: choice === value }));
      const select = el("select", labelled, ...options);
      select.onchange = () => set(one.enum[select.selectedIndex]);
      return select;
    }
    if (one.type === "boolean") {
      const box = el("input", { ...labelled, type: "checkbox", checked: value });
      box.onchange = () => set(box.checked);
      return box;
    }
    if (one.type === "array" || one.type === "object") {
      const input = el("input", { ...labelled, className: "mono", value: JSON.stringify(value) });
      input.onchange = () => {
        try {
          set(JSON.parse(input.value));
        } catch {
          input.setCustomValidity("This is no JSON.");
          input.reportValidity();
        }
      };
      return input;
    }
    const input = el("input", { ...labelled, type: "number", step: one.type === "integer" ? 1 : "any", value });
    input.onchange = () => set(Number(input.value));
    return input;
  }
}
