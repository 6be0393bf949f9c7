/* What the pages do better with scripts; everything works without them. */
"use strict";

const toast = document.getElementById("toast");
let hideToast = 0;

/* Presses on a film (like, seen, ...) belong to one form; send them without leaving the page. */
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.id !== "shelf-form" || !button || !window.htmx) return;
  event.preventDefault();
  const card = button.closest("[data-card], .film-text");
  const values = Object.fromEntries(new FormData(event.target, button));
  const path = button.getAttribute("formaction");
  window.htmx.ajax("POST", path, { values, target: toast, swap: "innerHTML" }).then(() => {
    // The pressed button was replaced; keep the keyboard where it was.
    const again = card && card.querySelector(`[formaction="${CSS.escape(path)}"], [formaction="${path}"]`);
    if (again && document.activeElement === document.body) again.focus({ preventScroll: true });
  });
});

/* Messages stay long enough to press "Undo", and while somebody is at them. */
function keepToast() {
  clearTimeout(hideToast);
  if (toast.matches(":hover, :focus-within")) hideToast = setTimeout(keepToast, 4000);
  else hideToast = setTimeout(() => { if (toast.matches(":hover, :focus-within")) keepToast(); else toast.replaceChildren(); }, 10000);
}
new MutationObserver(() => { if (toast.children.length) keepToast(); }).observe(toast, { childList: true });
if (toast.children.length) keepToast();

/* A request that failed says so instead of nothing. */
function sayFailure() {
  const line = document.createElement("p");
  line.className = "toast";
  line.textContent = document.body.dataset.failure;
  toast.replaceChildren(line);
}
document.body.addEventListener("htmx:responseError", sayFailure);
document.body.addEventListener("htmx:sendError", sayFailure);
