// The page: two tabs, addresses (#scores, #items/SUITE) and keys.

const data = JSON.parse(document.getElementById("data").textContent);
drawScores(data);
const items = new Items(data);
const tabs = ["scores", "items"];

function open(tab) {
  for (const name of tabs) {
    document.getElementById(name).hidden = name !== tab;
    document.getElementById(`tab-${name}`).setAttribute("aria-selected", String(name === tab));
  }
  if (tab === "items") items.lanes?.draw();
  else items.stop();
}

function follow() {
  const [tab, suite] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (tab === "items") {
    open("items");
    if (suite) items.only(suite);
  } else open("scores");
}

for (const name of tabs) document.getElementById(`tab-${name}`).addEventListener("click", () => (location.hash = name));
window.addEventListener("hashchange", follow);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("select, input, summary")) return;
  const hidden = document.getElementById("items").hidden;
  if (event.key === "s") location.hash = "scores";
  else if (event.key === "i") location.hash = "items";
  else if (hidden) return;
  else if (event.key === "j" || event.key === "ArrowDown") items.move(1);
  else if (event.key === "k" || event.key === "ArrowUp") items.move(-1);
  else if (event.key === " ") items.play();
  else if (event.key === "ArrowLeft") items.skip(-1);
  else if (event.key === "ArrowRight") items.skip(1);
  else return;
  event.preventDefault();
});
follow();
document.body.dataset.state = "ready";
