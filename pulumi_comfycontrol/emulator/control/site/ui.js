// Elements, requests to the control API, and the dialog. Texts are never parsed as HTML.

export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Ask the emulator; throws an Error whose message is its sentence. */
export async function ask(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

export const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

/** A form in the dialog. `fields` are [name, label, input]; `save` gets the inputs by name. */
export function edit(title, fields, save) {
  const dialog = document.getElementById("dialog");
  const error = el("p", { className: "error", role: "alert" });
  const inputs = Object.fromEntries(fields.map(([name, , input]) => [name, input]));
  const labels = fields.map(([name, label, input]) => {
    input.name = name;
    return el("label", { className: "field" }, label, input);
  });
  const cancel = el("button", { type: "button", textContent: "Cancel", onclick: () => dialog.close() });
  const form = el("form", {}, ...labels, error,
    el("div", { className: "buttons" }, cancel, el("button", { className: "main", textContent: "Save" })));
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      await save(inputs);
      dialog.close();
    } catch (failure) {
      error.textContent = failure.message;
    }
  };
  dialog.replaceChildren(el("h2", { textContent: title }), form);
  dialog.showModal();
  return inputs;
}
