/* The points of the film map: reads the compact block of bytes, and finds points by place. */
"use strict";

class FilmPoints {
  /* "FMAP", count, then ids (each less the one before), x, y, genres and fame; see recommender/map_points.py. */
  constructor(buffer) {
    const head = new DataView(buffer);
    if (head.getUint32(0, true) !== 0x50414d46) throw new Error("not a film map");
    const n = (this.count = head.getUint32(4, true));
    const steps = new Uint32Array(buffer, 8, n);
    this.ids = new Float64Array(n);
    for (let i = 0, id = 0; i < n; i++) this.ids[i] = id += steps[i];
    const places = new Uint16Array(buffer, 8 + 4 * n, 2 * n);
    this.x = new Float32Array(n);
    this.y = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      this.x[i] = (places[i] / 65535) * 2 - 1;
      this.y[i] = (places[n + i] / 65535) * 2 - 1;
    }
    this.genres = new Uint8Array(buffer, 8 + 8 * n, n);
    this.fame = new Uint8Array(buffer, 8 + 9 * n, n);
    /* The colour is the first main genre, 0 for none. */
    this.colour = Uint8Array.from(this.genres, (mask) => (mask ? 32 - Math.clz32(mask & -mask) : 0));
    this.shown = new Uint8Array(n).fill(1);
    this.filtered = false;
    this.titles = null;
    this.#sortByFame();
    this.#buildGrid();
  }

  /* The most famous last, so that they are drawn on top. */
  #sortByFame() {
    const starts = new Uint32Array(257);
    for (const fame of this.fame) starts[fame + 1]++;
    for (let i = 0; i < 256; i++) starts[i + 1] += starts[i];
    this.order = new Uint32Array(this.count);
    for (let i = 0; i < this.count; i++) this.order[starts[this.fame[i]]++] = i;
  }

  /* Points by square, so that looking around a place touches few of them. */
  #buildGrid() {
    this.side = Math.max(4, Math.min(256, Math.ceil(Math.sqrt(this.count / 4))));
    const cells = this.side * this.side;
    this.starts = new Uint32Array(cells + 1);
    const cell = new Uint32Array(this.count);
    for (let i = 0; i < this.count; i++) {
      cell[i] = this.#step(this.y[i]) * this.side + this.#step(this.x[i]);
      this.starts[cell[i] + 1]++;
    }
    for (let i = 0; i < cells; i++) this.starts[i + 1] += this.starts[i];
    const next = this.starts.slice();
    this.inCells = new Uint32Array(this.count);
    for (let i = 0; i < this.count; i++) this.inCells[next[cell[i]]++] = i;
  }

  #step(value) {
    return Math.max(0, Math.min(this.side - 1, Math.floor(((value + 1) / 2) * this.side)));
  }

  /* Call visit(i) for every point in the squares that a rectangle touches. */
  around(left, top, right, bottom, visit) {
    const first = this.#step(left), last = this.#step(right);
    for (let row = this.#step(top); row <= this.#step(bottom); row++) {
      const end = this.starts[row * this.side + last + 1];
      for (let at = this.starts[row * this.side + first]; at < end; at++) visit(this.inCells[at]);
    }
  }

  /* The shown point nearest to a place within a radius, or -1. */
  nearest(x, y, radius) {
    let best = -1, closest = radius * radius;
    this.around(x - radius, y - radius, x + radius, y + radius, (i) => {
      const distance = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
      if (this.shown[i] && distance < closest) [best, closest] = [i, distance];
    });
    return best;
  }

  /* The next shown point from one point in a direction: near, and not far to the side. Or -1. */
  next(from, dx, dy) {
    for (let reach = 4 / this.side; reach < 4; reach *= 2) {
      let best = -1, least = Infinity;
      const x = this.x[from], y = this.y[from];
      this.around(x - reach, y - reach, x + reach, y + reach, (i) => {
        const ahead = (this.x[i] - x) * dx + (this.y[i] - y) * dy;
        const aside = Math.abs((this.x[i] - x) * dy - (this.y[i] - y) * dx);
        if (!this.shown[i] || i === from || ahead <= 0 || aside > ahead || ahead > reach) return;
        const cost = ahead + 2 * aside;
        if (cost < least) [best, least] = [i, cost];
      });
      if (best >= 0) return best;
    }
    return -1;
  }

  /* The row of a film, or -1. */
  rowOf(id) {
    let low = 0, high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (this.ids[middle] === id) return middle;
      if (this.ids[middle] < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  rowsOf(ids) {
    return Uint32Array.from(ids.map((id) => this.rowOf(id)).filter((row) => row >= 0));
  }

  /* Show only films with one of the genres (bits); 0 shows all. */
  filter(mask) {
    this.filtered = mask !== 0;
    for (let i = 0; i < this.count; i++) this.shown[i] = !mask || this.genres[i] & mask ? 1 : 0;
  }

  title(i) {
    return this.titles ? this.titles[i] : "";
  }
}
