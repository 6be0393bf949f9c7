/* Search on the film map: a field with films to choose from, as typed. */
"use strict";

/* Call picked(option) with the chosen one, whose data-id is the film, and nothing() when no film fits. */
function mapSearch(root, picked, nothing) {
  const field = document.getElementById("map-find"), found = document.getElementById("map-found");
  let asked = 0, active = -1;
  const options = () => [...found.children].filter((option) => option.dataset.id);
  const close = () => {
    found.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const activate = (to) => {
    const all = options();
    if (!all.length) return;
    active = (to + all.length) % all.length;
    all.forEach((option, i) => option.setAttribute("aria-selected", i === active));
    field.setAttribute("aria-activedescendant", all[active].id);
  };
  const pick = (option) => {
    field.value = option.textContent;
    close();
    picked(option);
  };
  const search = async () => {
    const typed = field.value.trim(), mine = ++asked;
    if (!typed) return close();
    const answer = await fetch(`${root.dataset.find}?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (mine !== asked || !answer?.ok) return;
    const { films } = await answer.json();
    found.replaceChildren(...films.map((film, i) => {
      const option = document.createElement("li");
      Object.assign(option, { id: `map-found-${i}`, textContent: film.year ? `${film.title} (${film.year})` : film.title });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.id = film.id;
      return option;
    }));
    if (!films.length) nothing();
    active = -1;
    found.hidden = !films.length;
    field.setAttribute("aria-expanded", String(films.length > 0));
  };
  let typing = 0;
  field.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, 180);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      activate(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
    } else if (event.key === "Escape") close();
  });
  root.querySelector(".map-find").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (found.hidden) await search();
    const option = options()[Math.max(0, active)];
    if (option) pick(option);
  });
  found.addEventListener("pointerdown", (event) => event.preventDefault());
  found.addEventListener("click", (event) => {
    const option = event.target.closest("[data-id]");
    if (option) pick(option);
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
}
