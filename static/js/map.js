/* The film map: what mouse, fingers and keys do, colours, regions, and the list that follows the view. */
"use strict";

(async () => {
  const root = document.querySelector(".map[data-points]");
  if (!root) return;
  const canvas = root.querySelector("canvas"), wait = root.querySelector("[data-wait]");
  const tip = root.querySelector("[data-tip]"), said = document.getElementById("map-said");
  const list = document.getElementById("map-list"), panel = root.querySelector(".map-panel");
  const chosenBox = root.querySelector("[data-chosen]"), words = root.dataset;
  const phone = matchMedia("(max-width: 60rem)");
  panel.open = !phone.matches || Boolean(document.getElementById("id_q").value);
  let view;
  try {
    const answer = await fetch(words.points);
    if (!answer.ok) throw new Error(answer.statusText);
    view = new MapView(canvas, new FilmPoints(await answer.arrayBuffer()));
  } catch {
    wait.textContent = document.body.dataset.failure;
    return;
  }
  const { points } = view;
  wait.hidden = true;
  root.querySelectorAll(".only-scripts").forEach((part) => (part.hidden = false));
  root.dataset.ready = "1";
  window.filmMap = view; // for tests and measurements

  const given = JSON.parse(document.getElementById("map-marks").textContent);
  view.marks.liked = points.rowsOf(given.liked);
  view.marks.suggested = points.rowsOf(given.suggested);
  if (given.spot) {
    view.marks.spot = given.spot;
    view.marks.best = points.rowsOf(given.spot.films);
  }
  fetch(words.titles).then((answer) => answer.json()).then((titles) => {
    points.titles = titles;
    view.draw();
  }).catch(() => {}); // the map works without titles, too

  /* Which films: colours, region, and what is in view. */
  let timer = 0, listed = location.search, quiet = true;
  const boxes = [...root.querySelectorAll('.map-legend input[name="genre"]')];
  const filter = () => {
    points.filter(boxes.reduce((mask, box, bit) => (box.checked ? mask | (1 << bit) : mask), 0));
    view.draw();
  };
  const address = () => {
    const state = new URLSearchParams();
    for (const box of boxes) if (box.checked) state.append("genre", box.value);
    const area = view.region || (view.isWhole ? null : view.visible());
    if (area) state.set("region", area.map((value) => value.toFixed(4)).join(","));
    if (area && !view.region) state.set("view", "1");
    return `?${state}`;
  };
  const showList = (query) => {
    listed = query;
    window.htmx?.ajax("GET", words.here + query, { target: list, swap: "innerHTML" });
  };
  const follow = () => {
    clearTimeout(timer);
    if (!quiet) timer = setTimeout(() => address() !== listed && showList(address()), 450);
  };
  view.moved = () => {
    tip.hidden = true;
    follow();
  };
  root.querySelector(".map-legend").addEventListener("change", () => {
    quiet = false;
    filter();
    follow();
  });
  filter();

  const setRegion = (region) => {
    view.region = region;
    quiet = false;
    view.draw();
    follow();
    if (region) said.textContent = words.marked;
  };
  const regionButton = root.querySelector('[data-do="region"]');
  const drawRegion = (on) => {
    regionButton.setAttribute("aria-pressed", on);
    canvas.classList.toggle("is-drawing", on);
  };
  const isDrawing = () => regionButton.getAttribute("aria-pressed") === "true";

  /* One film: a tip beside it, or its card. */
  const showTip = (i) => {
    tip.hidden = i < 0 || !points.titles;
    if (tip.hidden) return;
    const names = boxes.filter((_, bit) => points.genres[i] & (1 << bit)).map((box) => box.parentElement.children[2].textContent);
    tip.textContent = [points.title(i), names.join(", ")].filter(Boolean).join(" · ");
    const x = view.screenX(points.x[i]), y = view.screenY(points.y[i]);
    tip.style.left = `${Math.max(8, Math.min(view.width - tip.offsetWidth - 8, x - tip.offsetWidth / 2))}px`;
    tip.style.top = `${y > tip.offsetHeight + 24 ? y - tip.offsetHeight - 16 : y + 16}px`;
  };
  const choose = (i) => {
    view.chosen = i;
    chosenBox.hidden = i < 0;
    view.draw();
    if (i < 0) return;
    const place = chosenBox.querySelector("[data-chosen-film]");
    window.htmx?.ajax("GET", words.film.replace("/0/", `/${points.ids[i]}/`), { target: place, swap: "innerHTML" });
  };
  const flyTo = (i) => view.flyTo(points.x[i], points.y[i], Math.max(view.scale, view.fit * 6));
  const focusFilm = (i) => {
    if (i < 0) return void (said.textContent = words.nothing);
    view.focused = i;
    const x = view.screenX(points.x[i]), y = view.screenY(points.y[i]);
    if (x < 40 || y < 40 || x > view.width - 40 || y > view.height - 40) view.moveTo(points.x[i], points.y[i], view.scale);
    view.draw();
    showTip(i);
    said.textContent = words.focused.replace("{film}", tip.textContent || points.title(i));
  };
  chosenBox.querySelector("[data-close]").addEventListener("click", () => {
    choose(-1);
    canvas.focus({ preventScroll: true });
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const liked = event.detail.successful && /\/films\/(\d+)\/like\/$/.exec(event.detail.pathInfo?.requestPath || "");
    if (!liked) return;
    const row = points.rowOf(Number(liked[1])), now = new Set(view.marks.liked);
    if (row < 0 || !now.delete(row)) now.add(row);
    now.delete(-1);
    view.marks.liked = Uint32Array.from(now);
    view.draw();
  });

  /* Mouse, pen and fingers. */
  const fingers = new Map();
  let pressed = null, pinch = 0;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const middle = () => {
    const [[ax, ay], [bx, by]] = [...fingers.values()];
    return { x: (ax + bx) / 2, y: (ay + by) / 2, apart: Math.hypot(ax - bx, ay - by) };
  };
  canvas.addEventListener("pointerdown", (event) => {
    quiet = false;
    view.stop();
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    const [x, y] = at(event);
    pressed = { x, y, moved: false, region: (isDrawing() || event.shiftKey) && fingers.size === 1 };
    if (fingers.size === 2) {
      pinch = middle();
      view.drawing = null;
      pressed.moved = true;
    }
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = at(event), before = fingers.get(event.pointerId);
    if (!before) {
      view.hovered = points.nearest(view.mapX(x), view.mapY(y), (view.radius + 6) / view.scale);
      canvas.classList.toggle("is-over", view.hovered >= 0);
      showTip(view.hovered);
      return view.draw();
    }
    fingers.set(event.pointerId, [x, y]);
    if (fingers.size === 2) {
      const now = middle();
      view.panBy(now.x - pinch.x, now.y - pinch.y);
      view.zoomAt(now.x, now.y, now.apart / (pinch.apart || 1));
      pinch = now;
    } else if (pressed && (pressed.moved ||= Math.hypot(x - pressed.x, y - pressed.y) > 5)) {
      if (pressed.region) {
        view.drawing = rectangle(pressed, x, y);
        view.draw();
      } else view.panBy(x - before[0], y - before[1]);
    }
  });
  const rectangle = (from, x, y) => [
    view.mapX(Math.min(from.x, x)), view.mapY(Math.min(from.y, y)), view.mapX(Math.max(from.x, x)), view.mapY(Math.max(from.y, y)),
  ];
  const release = (event) => {
    if (!fingers.delete(event.pointerId) || fingers.size) return;
    const [x, y] = at(event), cancelled = event.type === "pointercancel";
    if (view.drawing && !cancelled) {
      setRegion(view.drawing);
      drawRegion(false);
      panel.open = true;
      if (phone.matches) list.scrollIntoView({ block: "center" });
    } else if (pressed && !pressed.moved && !cancelled) {
      const reach = event.pointerType === "mouse" ? 6 : 18;
      choose(points.nearest(view.mapX(x), view.mapY(y), (view.radius + reach) / view.scale));
    }
    view.drawing = pressed = null;
    view.draw();
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => {
    view.hovered = -1;
    tip.hidden = true;
    view.draw();
  });
  canvas.addEventListener("dblclick", (event) => view.zoomAt(...at(event), 2));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    quiet = false;
    const lines = event.deltaMode === 1 ? 20 : 1;
    view.zoomAt(...at(event), Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) / 400));
  }, { passive: false });

  /* Keys. */
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const zoom = (factor) => view.zoomAt(view.width / 2, view.height / 2, factor);
  const near = () => points.nearest(view.x, view.y, 2);
  const keys = {
    "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5), 0: () => view.showAll(),
    Enter: () => (view.focused < 0 ? focusFilm(near()) : location.assign(words.open.replace("/0/", `/${points.ids[view.focused]}/`))),
    Escape: () => {
      if (view.chosen >= 0) return choose(-1);
      if (view.focused < 0 && view.region) setRegion(null);
      view.focused = -1;
      tip.hidden = true;
      said.textContent = "";
      drawRegion(false);
      view.draw();
    },
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = ways[event.key];
    if (!way && !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    quiet = false;
    view.stop();
    if (!way) keys[event.key]();
    else if (event.shiftKey) view.panBy(-way[0] * 80, -way[1] * 80);
    else focusFilm(view.focused < 0 ? near() : points.next(view.focused, ...way));
  });
  canvas.addEventListener("blur", () => { tip.hidden = true; });
  const actions = { in: () => zoom(1.6), out: () => zoom(1 / 1.6), all: () => view.flyTo(0, 0, view.fit), region: () => drawRegion(!isDrawing()) };
  root.querySelector(".map-buttons").addEventListener("click", (event) => {
    quiet = false;
    actions[event.target.closest("[data-do]")?.dataset.do]?.();
  });

  /* The list: films light up on the map, its links stay on the page. */
  const lightUp = (event) => {
    const item = event.target.closest("[data-film]");
    view.hovered = item && event.type !== "mouseout" && event.type !== "focusout" ? points.rowOf(Number(item.dataset.film)) : -1;
    view.draw();
  };
  for (const kind of ["mouseover", "mouseout", "focusin", "focusout"]) list.addEventListener(kind, lightUp);
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.rel === "next" || link.rel === "prev") {
      event.preventDefault();
      const query = new URLSearchParams(link.href.split("?")[1]);
      if (listed.includes("view=1")) query.set("view", "1");
      showList(`?${query}`);
      list.scrollIntoView({ block: "nearest" });
    } else if ("noRegion" in link.dataset) {
      event.preventDefault();
      setRegion(null);
      view.showAll();
    }
  });

  mapSearch(root, (option) => {
    const row = points.rowOf(Number(option.dataset.id));
    if (row < 0) return;
    view.focused = row;
    quiet = false;
    flyTo(row);
    choose(row);
    said.textContent = words.focused.replace("{film}", option.textContent);
    canvas.focus({ preventScroll: phone.matches });
  }, () => { said.textContent = words.none; });

  /* Where the address leads: a film, a region, or the place of typed words. */
  const start = given.film ? points.rowOf(given.film) : -1;
  if (given.region) {
    const [left, top, right, bottom] = given.region.split(",").map(Number);
    view.region = [left, top, right, bottom];
    view.moveTo((left + right) / 2, (top + bottom) / 2, (0.85 * Math.min(view.width, view.height)) / Math.max(right - left, bottom - top));
  } else if (start >= 0) {
    flyTo(start);
    choose(start);
  } else if (given.spot) view.flyTo(given.spot.x, given.spot.y, view.fit * 2.5);

  const recolour = () => view.readColours();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
})();
