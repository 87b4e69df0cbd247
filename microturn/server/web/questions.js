/** The questions of the background, made of nodes and texts: may it use a tool, and forms. */

const FEW = 5; // options that are all shown at once
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]|[\u{e0000}-\u{e0fff}]/gu;
let numbered = 0; // for ids of fields

/** The body of a question; `give(values)` once, when the user answers. */
export function question(kind, title, content, give) {
  return kind === "permission" ? permission(title, content, give) : form(title, content, give);
}

/** What was answered, in the place of the question. */
export function answered(values) {
  const names = Object.keys(values);
  if (names.length === 1 && names[0] === "allow") return element("p", "said", values.allow ? "Allowed" : "Not allowed");
  if (!names.length) return element("p", "said", "Not answered");
  const list = element("dl", "said");
  for (const name of names) list.append(element("dt", "", name.replaceAll("_", " ")), element("dd", "", spoken(values[name])));
  return list;
}

function spoken(value) {
  return { true: "yes", false: "no" }[value] ?? String(value);
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}

// ---- may it?

function permission(title, { tool, detail }, give) {
  const group = element("div", "question");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", title);
  group.append(...details(tool.replaceAll("_", " "), detail));
  const buttons = element("div", "buttons");
  for (const [label, allow] of [["Allow", true], ["Do not allow", false]]) {
    const button = element("button", allow ? "yes" : "", label);
    button.type = "button";
    button.onclick = () => (settle(group), give({ allow }));
    buttons.append(button);
  }
  group.append(buttons);
  return group;
}

/** What exactly will be done, each argument as it is; characters that one cannot see are spelt out. */
function details(tool, detail) {
  let named = null;
  try {
    named = JSON.parse(detail);
  } catch {} // cut off, or plain words
  if (!named || typeof named !== "object" || Array.isArray(named)) return [element("p", "name", tool), exact(detail)];
  const given = Object.entries(named);
  if (!given.length) return [element("p", "name", tool)];
  return given.flatMap(([name, value]) => [
    element("p", "name", visible(`${tool} · ${name}`)),
    exact(typeof value === "string" ? value : JSON.stringify(value, null, 1)),
  ]);
}

function exact(text) {
  const shown = element("pre", "", visible(text));
  shown.tabIndex = 0; // it scrolls
  return shown;
}

function visible(text) {
  return text.replace(HIDDEN, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`);
}

// ---- forms

function form(title, { fields }, give) {
  const made = element("form", "question");
  made.setAttribute("aria-label", title);
  made.noValidate = false;
  const read = fields.map((field) => {
    const [node, value] = FIELDS[field.kind](field);
    made.append(node);
    return [field.name, value];
  });
  const buttons = element("div", "buttons");
  const send = element("button", "yes", "Send");
  const skip = element("button", "", "Skip");
  skip.type = "button";
  skip.onclick = () => (settle(made), give({}));
  buttons.append(send, skip);
  made.append(buttons);
  made.onsubmit = (event) => {
    event.preventDefault();
    const values = Object.fromEntries(read.map(([name, value]) => [name, value()]));
    settle(made);
    give(values);
  };
  return made;
}

function settle(question) {
  for (const control of question.querySelectorAll("button, input, select")) control.disabled = true;
}

/** Of each kind: its node, and how its value is read. */
const FIELDS = { text: typed, number: typed, choice, yes_no: (field) => either(field, ["Yes", "No"], (said) => said === "Yes") };

function typed({ label, kind }) {
  const node = element("label", "field", label);
  const input = element("input");
  Object.assign(input, { type: kind, required: true, maxLength: 1000, autocomplete: "off" });
  if (kind === "number") Object.assign(input, { step: "any", inputMode: "decimal" });
  node.append(input);
  return [node, () => (kind === "number" ? input.valueAsNumber : input.value)];
}

function choice(field) {
  if (field.options.length <= FEW) return either(field, field.options, (said) => said);
  const node = element("label", "field", field.label);
  const select = element("select");
  select.required = true;
  const none = new Option("Choose", "");
  none.disabled = none.selected = true;
  select.append(none, ...field.options.map((option) => new Option(option, option)));
  node.append(select);
  return [node, () => select.value];
}

function either({ label }, options, read) {
  const node = element("fieldset", "field");
  node.append(element("legend", "", label));
  const group = `field-${++numbered}`;
  for (const option of options) {
    const choice = element("label", "option");
    const input = element("input");
    Object.assign(input, { type: "radio", name: group, value: option, required: true });
    choice.append(input, element("span", "", option));
    node.append(choice);
  }
  return [node, () => read(node.querySelector("input:checked").value)];
}
