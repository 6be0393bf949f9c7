/* What the pages do better with scripts; everything works without them. */
"use strict";

document.documentElement.classList.add("js");

const toast = document.getElementById("toast");
let hideToast = 0;

/* Presses on a film (like, seen, ...) belong to one form; send them without leaving the page. */
document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (event.target.id !== "shelf-form" || !button || !window.htmx) return;
  event.preventDefault();
  const values = Object.fromEntries(new FormData(event.target, button));
  const path = button.getAttribute("formaction");
  const fresh = document.querySelector("[data-refresh]");
  if (fresh) return pick(path, values, fresh);
  const place = button.closest("[data-card], .film-text");
  await window.htmx.ajax("POST", path, { values, target: toast, swap: "innerHTML" });
  // The pressed button was replaced; keep the keyboard where it was.
  const again = place && place.querySelector(`[formaction="${path}"]`);
  if (again && document.activeElement === document.body) again.focus({ preventScroll: true });
});

/* The first visit shows other films after each pick. */
async function pick(path, values, fresh) {
  try {
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams(values), headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(answer.statusText);
  } catch {
    return sayFailure();
  }
  await window.htmx.ajax("GET", fresh.dataset.refresh, { target: fresh, swap: "innerHTML" });
  if (document.activeElement === document.body) fresh.querySelector(".picks .pick")?.focus({ preventScroll: true });
}

/* Messages stay long enough to press "Undo", and while somebody is at them. */
function keepToast() {
  clearTimeout(hideToast);
  if (toast.matches(":hover, :focus-within")) hideToast = setTimeout(keepToast, 4000);
  else hideToast = setTimeout(() => { if (toast.matches(":hover, :focus-within")) keepToast(); else toast.replaceChildren(); }, 10000);
}
new MutationObserver(() => { if (toast.children.length) keepToast(); }).observe(toast, { childList: true });
if (toast.children.length) keepToast();

function say(words) {
  const line = document.createElement("p");
  line.className = "toast";
  line.textContent = words;
  toast.replaceChildren(line);
}

/* A request that failed says so instead of nothing. */
const sayFailure = (event) => {
  const answer = event?.detail?.xhr;
  say(answer?.status === 503 && answer.responseText || document.body.dataset.failure);
};
document.body.addEventListener("htmx:responseError", sayFailure);
document.body.addEventListener("htmx:sendError", sayFailure);

/* Where tabs are wider than a phone, the one you are at is in view. */
for (const here of document.querySelectorAll(".top nav [aria-current], .tabs [aria-current]")) {
  const strip = here.closest(".top nav, .tabs ul");
  const [tab, view] = [here.getBoundingClientRect(), strip.getBoundingClientRect()];
  strip.scrollLeft += tab.left + tab.width / 2 - view.left - view.width / 2;
}

/* Rows scroll with arrows, where there is more than fits. */
for (const row of document.querySelectorAll(".row")) {
  const strip = row.querySelector(".strip");
  const arrows = row.querySelector(".arrows");
  const update = () => {
    arrows.hidden = strip.scrollWidth <= strip.clientWidth + 4;
    const [back, on] = arrows.children;
    back.disabled = strip.scrollLeft < 4;
    on.disabled = strip.scrollLeft + strip.clientWidth > strip.scrollWidth - 4;
  };
  arrows.addEventListener("click", (event) => {
    const arrow = event.target.closest("[data-scroll]");
    if (arrow) strip.scrollBy({ left: Number(arrow.dataset.scroll) * strip.clientWidth * 0.8, behavior: "smooth" });
  });
  strip.addEventListener("scroll", update, { passive: true });
  new ResizeObserver(update).observe(strip);
}

/* Share a film: the device's own sheet where there is one, else the clipboard. */
for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share && !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const film = { title: document.title, url: location.origin + location.pathname };
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches) await navigator.share(film);
      else await navigator.clipboard.writeText(film.url).then(() => say(document.body.dataset.copied));
    } catch (error) {
      if (error.name !== "AbortError") sayFailure();
    }
  });
}

/* A genre chip: first press with it, second press without it, third press either way. */
for (const form of document.querySelectorAll("#wish")) {
  const said = form.querySelector("[data-said]");
  const twin = (box) => form.querySelector(`[name="without"][value="${box.value}"]`);
  const show = (box) => {
    const left = twin(box).checked;
    box.indeterminate = left;
    box.closest(".chip").classList.toggle("is-without", left);
  };
  const boxes = form.querySelectorAll('[name="genre"]');
  boxes.forEach(show);
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (box.name !== "genre") return;
    const was = twin(box).checked ? "without" : box.checked ? "either" : "with";
    const now = { either: "with", with: "without", without: "either" }[was];
    box.checked = now === "with";
    twin(box).checked = now === "without";
    show(box);
    said.textContent = form.dataset[now].replace("{genre}", box.nextElementSibling.textContent);
  });
  form.addEventListener("reset", () => setTimeout(() => boxes.forEach(show)));
}

/* The dial says its place in words. */
for (const dial of document.querySelectorAll("[data-words]")) {
  const words = dial.dataset.words.split(",");
  const speak = () => dial.setAttribute("aria-valuetext", words[Number(dial.value) - Number(dial.min)]);
  dial.addEventListener("input", speak);
  speak();
}
