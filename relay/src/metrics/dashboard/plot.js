// A metric's card: its value, what it should be, and its curve, which a pointer or the arrow keys go along.

const SVG = "http://www.w3.org/2000/svg";
// The curve's own coordinates; the page stretches them.
const WIDTH = 600;
const HEIGHT = 100;
// Snapshots are 10 s apart: where two are much farther apart, nothing was measured between.
const HOLE = 25_000;

/** A number as people read it: three digits say enough. */
export function number(value) {
  if (value === null || value === undefined) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits }).replace("-", "\u2212");
}

/** A number with its unit. */
export function amount(value, unit) {
  if (value === null || value === undefined) return "not measured";
  return `${number(value)}${unit && !/^[%/]/.test(unit) ? " " : ""}${unit}`;
}

/** A time of day. */
export function clock(time) {
  return new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

export function element(name, properties = {}, ...children) {
  const it = Object.assign(document.createElement(name), properties);
  it.append(...children);
  return it;
}

function path(parent, className) {
  const it = parent.appendChild(document.createElementNS(SVG, "path"));
  it.setAttribute("class", className);
  return it;
}

function range({ least, most }, unit) {
  if (least === most) return amount(least, unit);
  if (least === undefined) return most === 0 ? amount(0, unit) : `at most ${amount(most, unit)}`;
  if (most === undefined) return `at least ${amount(least, unit)}`;
  return `${number(least)} to ${amount(most, unit)}`;
}

export class Plot {
  /** A card for a metric's target; `onMove` is told the time that is pointed at, or null. */
  constructor(target, onMove) {
    this.target = target;
    this.onMove = onMove;
    this.points = [];
    this.at = null;
    const id = `plot-${target.field}`;
    this.value = element("p", { className: "value" });
    this.lowest = element("span");
    this.reading = element("span");
    this.highest = element("span");
    this.empty = element("p", { className: "empty", textContent: "Nothing measured yet" });
    const svg = document.createElementNS(SVG, "svg");
    for (const [name, value] of [["viewBox", `0 0 ${WIDTH} ${HEIGHT}`], ["preserveAspectRatio", "none"], ["aria-hidden", "true"]]) {
      svg.setAttribute(name, value);
    }
    [this.ground, this.under, this.line, this.limits, this.cursor] = ["ground", "under", "line", "limit", "at"].map((name) => path(svg, name));
    this.ground.setAttribute("d", `M0 ${HEIGHT}H${WIDTH}`);
    this.curve = element("div", { className: "curve", tabIndex: 0 }, svg, this.empty);
    // A slider through time: what it points at is read out as its text.
    for (const [name, value] of [["role", "slider"], ["aria-label", `${target.label} over time`], ["aria-valuemin", "0"]]) {
      this.curve.setAttribute(name, value);
    }
    const heading = element("h3", { id, textContent: target.label });
    const aim = element("p", { className: "aim", textContent: `Target ${range(target.target, target.unit)}` });
    this.card = element("article", { className: "plot" }, heading, this.value, aim, this.curve,
      element("p", { className: "ends" }, this.lowest, this.reading, this.highest));
    this.card.setAttribute("aria-labelledby", id);
    this.curve.addEventListener("pointermove", (event) => this.point(event));
    this.curve.addEventListener("pointerdown", (event) => this.point(event));
    this.curve.addEventListener("pointerleave", () => this.onMove(null));
    this.curve.addEventListener("blur", () => this.onMove(null));
    this.curve.addEventListener("keydown", (event) => this.key(event));
  }

  /** Shows points, each a time and values by field, from one time to another; `beyond` says that the limit is passed. */
  show(points, from, until, beyond) {
    this.points = points.filter((point) => point.time >= from && point.time <= until);
    [this.from, this.until] = [from, until];
    const { field, unit, limit } = this.target;
    const last = points.at(-1)?.[field];
    this.value.replaceChildren(number(last), " ", element("span", { className: "unit", textContent: unit }));
    this.card.dataset.state = beyond ? "beyond" : "within";
    const values = this.points.map((point) => point[field]).filter((value) => value !== null && value !== undefined);
    this.empty.hidden = values.length > 0;
    const [least, most] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
    this.lowest.textContent = values.length ? `low ${number(least)}` : "";
    this.highest.textContent = values.length ? `high ${number(most)}` : "";
    // From 0, so that what hardly changes looks so; levels, below 0, over 12 dB at least. A limit that is near is seen, too.
    const bottom = least >= 0 ? 0 : Math.min(least, most - 12);
    const margin = Math.max((most - bottom) * 0.12, 0.05);
    let [low, high] = [bottom === 0 ? 0 : bottom - margin, most + margin];
    const near = [limit.least, limit.most].filter((end) => end !== undefined && end > low - (high - low) && end < high + (high - low));
    for (const end of near) [low, high] = [Math.min(low, end), Math.max(high, end + margin)];
    this.y = (value) => HEIGHT * (1 - (value - low) / (high - low));
    this.limits.setAttribute("d", values.length ? near.map((end) => `M0 ${this.y(end).toFixed(2)}H${WIDTH}`).join("") : "");
    this.draw();
    this.move(this.at);
  }

  x(time) {
    return (WIDTH * (time - this.from)) / (this.until - this.from);
  }

  draw() {
    const pieces = [];
    let before = -Infinity;
    for (const point of this.points) {
      const value = point[this.target.field];
      if (value === null || value === undefined) {
        before = -Infinity;
        continue;
      }
      if (point.time - before > HOLE) pieces.push([]);
      pieces.at(-1).push([this.x(point.time), this.y(value)]);
      before = point.time;
    }
    // A single point is a short stroke: it would not be seen otherwise.
    const line = (piece) => piece.map(([x, y], n) => `${n ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("") + (piece.length === 1 ? "h0.5" : "");
    this.line.setAttribute("d", pieces.map(line).join(""));
    const under = (piece) => `${line(piece)}L${piece.at(-1)[0].toFixed(1)} ${HEIGHT}L${piece[0][0].toFixed(1)} ${HEIGHT}Z`;
    this.under.setAttribute("d", pieces.filter((piece) => piece.length > 1).map(under).join(""));
  }

  /** Reads out what there is at a time, or what is last. */
  move(time) {
    this.at = time;
    const { points, target } = this;
    let place = points.length - 1;
    if (time !== null) {
      const distance = (n) => Math.abs(points[n].time - time);
      for (let n = 0; n < points.length; n++) if (distance(n) < distance(place)) place = n;
    }
    const point = points[place];
    const text = point ? `${amount(point[target.field], target.unit)} at ${clock(point.time)}` : "nothing measured yet";
    const pointed = time !== null && point !== undefined;
    this.reading.textContent = pointed ? text : "";
    [this.lowest.hidden, this.highest.hidden, this.reading.hidden] = [pointed, pointed, !pointed];
    this.cursor.setAttribute("d", pointed ? `M${this.x(point.time).toFixed(1)} 0V${HEIGHT}` : "");
    this.curve.setAttribute("aria-valuemax", String(Math.max(points.length - 1, 0)));
    this.curve.setAttribute("aria-valuenow", String(Math.max(place, 0)));
    this.curve.setAttribute("aria-valuetext", text);
    this.place = place;
  }

  point(event) {
    const box = this.curve.getBoundingClientRect();
    this.onMove(this.from + ((event.clientX - box.left) / box.width) * (this.until - this.from));
  }

  key(event) {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -12, PageUp: 12, Home: -Infinity, End: Infinity };
    if (event.key === "Escape") this.onMove(null);
    if (!(event.key in steps) || !this.points.length || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const place = Math.min(Math.max(this.place + steps[event.key], 0), this.points.length - 1);
    this.onMove(this.points[place].time);
  }
}
