// Elements, numbers and the small pictures that everything else is made of.

const SVG = "http://www.w3.org/2000/svg";

function el(name, given = {}, ...inside) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value == null || value === false) continue;
    if (key === "text") node.textContent = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...inside.filter((one) => one != null));
  return node;
}

function svg(name, given = {}, ...inside) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(given)) node.setAttribute(key, value);
  node.append(...inside);
  return node;
}

const tone = (run) => `var(--r${run % 6})`;

function spelled(value, unit) {
  if (value == null) return "unscored";
  return unit === "ms" ? value.toFixed(0) : unit === "%" ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(2);
}

function withUnit(value, unit) {
  return value == null ? "unscored" : `${spelled(value, unit)}${unit === "%" ? "%" : unit === "/min" ? " a minute" : unit ? ` ${unit}` : ""}`;
}

function chips(label) {
  return label.split(", ").map((one) => el("span", { class: `chip ${one.startsWith("official") ? "official" : one.startsWith("proxy") ? "proxy" : ""}`, text: one }));
}

function clock(ms, exact = false) {
  const s = ms / 1000;
  return `${Math.floor(s / 60)}:${exact ? (s % 60).toFixed(2).padStart(5, "0") : String(Math.floor(s % 60)).padStart(2, "0")}`;
}

/** Round numbers from low to high, about `many` of them. */
function ticks(low, high, many = 5) {
  const raw = (high - low) / many || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= raw - 1e-12);
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + 1e-9; at += step) found.push(Number(at.toPrecision(10)));
  return found;
}
