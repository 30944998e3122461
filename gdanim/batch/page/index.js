"use strict";
const body = document.querySelector("tbody");
const rows = [...body.rows];
const heads = [...document.querySelectorAll("th")];

// Sort by a column: as numbers where all of its cells have one, else as words.
function sort(head) {
  const column = heads.indexOf(head);
  const descending = head.getAttribute("aria-sort") === "ascending";
  for (const other of heads) if (other.querySelector("button")) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent.trim();
  const numbers = rows.every((row) => key(row) === "" || Number.isFinite(Number(key(row))));
  const compare = (a, b) => (numbers ? Number(key(a)) - Number(key(b)) : key(a).localeCompare(key(b), "en", { numeric: true }));
  rows.sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
  body.append(...rows);
}

for (const head of heads) head.querySelector("button")?.addEventListener("click", () => sort(head));

// Keep the rows that hold all words.
const filter = document.querySelector(".filter");
const field = filter.querySelector("input");
filter.hidden = false;
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const row of rows) {
    row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    shown += !row.hidden;
  }
  filter.querySelector("output").value = `${shown} of ${rows.length}`;
});

// Where no motion is wanted, a picture shows its first moment until it is asked to play.
const still = matchMedia("(prefers-reduced-motion: reduce)");

function freeze(image) {
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth || 480;
  canvas.height = image.naturalHeight || 360;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", image.alt);
  image.before(canvas);
  return canvas;
}

function guard(image) {
  const button = document.createElement("button");
  button.className = "play";
  button.textContent = "Play";
  button.setAttribute("aria-label", `Play ${image.dataset.name}`);
  let canvas = null;
  const rest = () => { if (!canvas) canvas = freeze(image); };
  if (image.complete && image.naturalWidth) rest(); else image.addEventListener("load", rest, { once: true });
  button.addEventListener("click", () => {
    const playing = button.textContent === "Stop";
    button.textContent = playing ? "Play" : "Stop";
    image.classList.toggle("playing", !playing);
    if (canvas) canvas.hidden = !playing;
  });
  image.parentElement.append(button);
}

if (still.matches) for (const image of document.querySelectorAll("img.moving")) guard(image);
