/* Draws the film map: points straight into pixels, marks and titles above them. */
"use strict";

class MapView {
  constructor(canvas, points) {
    Object.assign(this, { canvas, points, x: 0, y: 0, scale: 1, fit: 1, width: 0, height: 0, ratio: 1 });
    this.context = canvas.getContext("2d");
    this.marks = { liked: new Uint32Array(), suggested: new Uint32Array(), best: new Uint32Array(), spot: null };
    this.region = this.drawing = null;
    this.focused = this.hovered = this.chosen = -1;
    this.labels = [];
    this.resting = 0;
    this.moved = () => {};
    this.readColours();
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
  }

  readColours() {
    const style = getComputedStyle(this.canvas);
    const read = (name) => style.getPropertyValue(name).trim();
    const words = (hex) => parseInt(hex.slice(5, 7) + hex.slice(3, 5) + hex.slice(1, 3), 16); // little endian: 0xBBGGRR
    this.colours = Uint32Array.from({ length: 8 }, (_, i) => words(read(`--g${i}`)));
    this.paper = read("--paper");
    this.text = read("--text");
    this.accent = read("--accent");
    this.font = style.fontFamily;
    this.draw();
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || !clientHeight) return;
    this.ratio = Math.min(this.points.count > 20000 ? 1.5 : 2, window.devicePixelRatio || 1);
    const wasWhole = !this.width || this.scale <= this.fit * 1.01;
    [this.width, this.height] = [clientWidth, clientHeight];
    this.canvas.width = Math.round(clientWidth * this.ratio);
    this.canvas.height = Math.round(clientHeight * this.ratio);
    this.image = this.context.createImageData(this.canvas.width, this.canvas.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.fit = (Math.min(clientWidth, clientHeight) / 2) * 0.94;
    if (wasWhole) this.showAll();
    this.moved();
    this.draw();
  }

  /* Where a place of the map is on the screen, and back. */
  screenX(x) { return (x - this.x) * this.scale + this.width / 2; }
  screenY(y) { return (y - this.y) * this.scale + this.height / 2; }
  mapX(px) { return (px - this.width / 2) / this.scale + this.x; }
  mapY(py) { return (py - this.height / 2) / this.scale + this.y; }

  visible() {
    return [this.mapX(0), this.mapY(0), this.mapX(this.width), this.mapY(this.height)];
  }

  get isWhole() {
    return this.scale <= this.fit * 1.01;
  }

  showAll() {
    this.moveTo(0, 0, this.fit);
  }

  moveTo(x, y, scale) {
    this.scale = Math.max(this.fit, Math.min(this.fit * 80, scale));
    this.x = Math.max(-1.1, Math.min(1.1, x));
    this.y = Math.max(-1.1, Math.min(1.1, y));
    this.moved();
    this.draw();
  }

  panBy(px, py) {
    this.moveTo(this.x - px / this.scale, this.y - py / this.scale, this.scale);
  }

  /* Zoom so that what is under a point of the screen stays there. */
  zoomAt(px, py, factor) {
    const x = this.mapX(px), y = this.mapY(py);
    const scale = Math.max(this.fit, Math.min(this.fit * 80, this.scale * factor));
    this.moveTo(x - (px - this.width / 2) / scale, y - (py - this.height / 2) / scale, scale);
  }

  flyTo(x, y, scale) {
    cancelAnimationFrame(this.flight);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return this.moveTo(x, y, scale);
    const from = [this.x, this.y, Math.log(this.scale)], to = [x, y, Math.log(scale)], began = performance.now();
    const step = (now) => {
      const t = Math.min(1, Math.max(0, (now - began) / 450)), ease = 1 - (1 - t) ** 3;
      const [mx, my, zoom] = from.map((value, i) => value + (to[i] - value) * ease);
      this.moveTo(mx, my, Math.exp(zoom));
      if (t < 1) this.flight = requestAnimationFrame(step);
    };
    this.flight = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.flight);
  }

  /* However often it is asked for, drawing happens once a frame. */
  draw() {
    if (this.asked || !this.pixels) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.paint();
    });
  }

  paint() {
    const moving = this.key !== (this.key = `${this.x} ${this.y} ${this.scale} ${this.width}`);
    this.paintPoints();
    const pen = this.context;
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.paintMarks(pen);
    this.paintLabels(pen, moving);
    if (moving) {
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.draw(), 120); // titles are chosen anew once the map stands still
    }
  }

  /* A point's radius in pixels of the screen: larger when near, smaller in a crowd. */
  get radius() {
    const crowd = this.points.count > 20000 ? 0.9 : this.points.count > 2500 ? 1.7 : 3;
    return Math.min(7, crowd * (this.scale / this.fit) ** 0.45 * Math.max(0.75, Math.min(1.3, this.fit / 330)));
  }

  paintPoints() {
    const { points, pixels } = this, { width, height } = this.canvas;
    pixels.fill(0);
    const disc = MapView.disc(this.radius * this.ratio, width), edge = Math.ceil(this.radius * this.ratio);
    const scale = this.scale * this.ratio, x0 = width / 2 - this.x * scale, y0 = height / 2 - this.y * scale;
    const { x, y, order, colour, shown } = points;
    for (let pass = points.filtered ? 0 : 1; pass < 2; pass++) { // films that are filtered out lie below, faint
      for (let at = 0; at < order.length; at++) {
        const i = order[at];
        if (shown[i] !== pass) continue;
        const px = Math.round(x[i] * scale + x0), py = Math.round(y[i] * scale + y0);
        if (px < edge || py < edge || px >= width - edge || py >= height - edge) continue;
        const base = py * width + px, rgb = this.colours[pass ? colour[i] : 0];
        for (let k = 0; k < disc.length; k += 2) {
          const alpha = pass ? disc[k + 1] : disc[k + 1] >> 2, spot = base + disc[k];
          if (alpha > 250 || pixels[spot] >>> 24 <= alpha) pixels[spot] = ((alpha << 24) | rgb) >>> 0;
        }
      }
    }
    this.context.putImageData(this.image, 0, 0);
  }

  /* Offsets and opacities of a disc's pixels, kept for the last radius. */
  static disc(radius, width) {
    const known = MapView.lastDisc;
    if (known && known.radius === radius && known.width === width) return known.pixels;
    const pixels = [], reach = Math.ceil(radius);
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const cover = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(dx, dy)));
        if (cover > 0.04) pixels.push(dy * width + dx, Math.round(cover * 255));
      }
    }
    MapView.lastDisc = { radius, width, pixels: Int32Array.from(pixels) };
    return MapView.lastDisc.pixels;
  }

  paintMarks(pen) {
    const { marks, radius } = this;
    pen.lineWidth = 2;
    this.rings(pen, marks.suggested, radius + 3, this.text);
    this.rings(pen, marks.best, radius + 5, this.text, [2, 3]);
    for (const i of marks.liked) this.heart(pen, this.screenX(this.points.x[i]), this.screenY(this.points.y[i]));
    if (marks.spot) this.cross(pen, this.screenX(marks.spot.x), this.screenY(marks.spot.y));
    pen.lineWidth = 3;
    for (const i of [this.hovered, this.chosen, this.focused]) if (i >= 0) this.rings(pen, [i], radius + 6, this.accent);
    const region = this.drawing || this.region;
    if (!region) return;
    pen.setLineDash([6, 4]);
    pen.lineWidth = 2;
    pen.strokeStyle = this.accent;
    const [left, top, right, bottom] = region;
    pen.strokeRect(this.screenX(left), this.screenY(top), (right - left) * this.scale, (bottom - top) * this.scale);
    pen.setLineDash([]);
  }

  rings(pen, rows, radius, colour, dash = []) {
    pen.strokeStyle = colour;
    pen.setLineDash(dash);
    pen.beginPath();
    for (const i of rows) {
      const x = this.screenX(this.points.x[i]), y = this.screenY(this.points.y[i]);
      if (x < -20 || y < -20 || x > this.width + 20 || y > this.height + 20) continue;
      pen.moveTo(x + radius, y);
      pen.arc(x, y, radius, 0, 7);
    }
    pen.stroke();
    pen.setLineDash([]);
  }

  heart(pen, x, y) {
    if (x < -20 || y < -20 || x > this.width + 20 || y > this.height + 20) return;
    pen.beginPath();
    pen.moveTo(x, y + 6);
    pen.bezierCurveTo(x - 10, y - 1, x - 5, y - 8, x, y - 3);
    pen.bezierCurveTo(x + 5, y - 8, x + 10, y - 1, x, y + 6);
    pen.fillStyle = this.accent;
    pen.strokeStyle = this.paper;
    pen.lineWidth = 2;
    pen.stroke();
    pen.fill();
  }

  cross(pen, x, y) {
    for (const [width, colour] of [[7, this.paper], [3, this.text]]) {
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.beginPath();
      pen.moveTo(x - 14, y);
      pen.lineTo(x + 14, y);
      pen.moveTo(x, y - 14);
      pen.lineTo(x, y + 14);
      pen.stroke();
    }
  }

  /* Titles of the most famous films of each part of the view, clear of each other; while moving, the same ones. */
  paintLabels(pen, moving) {
    if (!this.points.titles) return;
    pen.font = `600 12.5px ${this.font}`;
    if (!moving) this.labels = this.chooseLabels(pen);
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 3.5;
    pen.strokeStyle = this.paper;
    pen.fillStyle = this.text;
    for (const { row, words } of this.labels) {
      const x = this.screenX(this.points.x[row]) + this.radius + 4, y = this.screenY(this.points.y[row]);
      pen.strokeText(words, x, y);
      pen.fillText(words, x, y);
    }
  }

  chooseLabels(pen) {
    const { points } = this, most = Math.round((this.width * this.height) / 22000), boxes = [], labels = [], parts = new Map();
    for (let at = points.count - 1; at >= 0 && labels.length < most && points.count - at < 20000; at--) {
      const row = points.order[at];
      if (!points.shown[row]) continue;
      const x = this.screenX(points.x[row]) + this.radius + 4, y = this.screenY(points.y[row]);
      if (x < 0 || y < 10 || x > this.width - 40 || y > this.height - 10) continue;
      const part = `${Math.floor(x / 200)} ${Math.floor(y / 110)}`;
      if ((parts.get(part) || 0) > 1) continue;
      const title = points.title(row), words = title.length > 34 ? `${title.slice(0, 32)}…` : title;
      const right = x + pen.measureText(words).width;
      if (right > this.width - (y > this.height - 215 ? 72 : 4) || boxes.some((box) => x < box[1] + 8 && right > box[0] - 8 && Math.abs(y - box[2]) < 18)) continue;
      boxes.push([x, right, y]);
      parts.set(part, (parts.get(part) || 0) + 1);
      labels.push({ row, words });
    }
    return labels;
  }
}
