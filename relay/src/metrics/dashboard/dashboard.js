// The dashboard: asks the relay how it fares every two seconds, as long as somebody looks.

import { Plot, amount, clock, element, number } from "./plot.js";

const EACH = 2000;
// What is older than ten minutes is kept as sparsely as the relay itself keeps it.
const FINE = 600_000;
const COARSE = 9500;
const LONGEST = 10_100_000;

const at = (id) => document.getElementById(id);
const state = { session: "", points: [], answer: null, plots: [], whole: false, asking: null };

async function ask() {
  state.asking?.abort();
  const asking = (state.asking = new AbortController());
  const giveUp = setTimeout(() => asking.abort(), 10_000);
  const query = new URLSearchParams();
  if (state.session) query.set("session", state.session);
  if (!state.whole) query.set("history", "true");
  try {
    const response = await fetch(`api/v1/metrics?${query}`, { signal: asking.signal, cache: "no-store" });
    if (response.status === 404 && state.session) {
      say("trouble", `The session ${state.session} has ended.`);
      choose("");
      return;
    }
    if (!response.ok) throw new Error(`the relay answers ${response.status}`);
    const answer = await response.json();
    if (asking !== state.asking) return;
    say("trouble", "");
    take(answer);
  } catch (error) {
    // Another question was asked meanwhile: its answer counts.
    if (asking !== state.asking) return;
    // What happens until it answers again is in its history.
    state.whole = false;
    say("trouble", "The relay does not answer. Trying again…");
    console.warn(error);
  } finally {
    clearTimeout(giveUp);
    if (asking === state.asking) state.asking = null;
  }
}

/** Changes a text only when it is another: screen readers read it out. */
function say(id, text) {
  if (at(id).textContent !== text) at(id).textContent = text;
}

function take(answer) {
  const point = (snapshot) => ({ ...snapshot, time: Date.parse(snapshot.time) });
  if (answer.history) {
    state.points = answer.history.map(point);
    state.whole = true;
  }
  const now = Date.parse(answer.time);
  state.points.push({ ...answer.current, time: now });
  let kept = -Infinity;
  state.points = state.points.filter(({ time }) => {
    const keep = time > now - LONGEST && (time > now - FINE || time - kept > COARSE);
    if (keep) kept = time;
    return keep;
  });
  state.answer = answer;
  show();
}

function show() {
  const { answer } = state;
  if (!answer) return;
  health(answer);
  facts(answer);
  alerts(answer.alerts);
  plots(answer);
  sessions(answer);
  events(answer.events);
  const hours = (Date.parse(answer.time) - Date.parse(answer.started)) / 3_600_000;
  const up = hours < 1 ? `${Math.max(1, Math.round(hours * 60))} min` : hours < 48 ? `${Math.floor(hours)} h ${Math.floor((hours % 1) * 60)} min` : `${Math.floor(hours / 24)} days`;
  say("about", `Auralis relay ${answer.version}, up for ${up}`);
}

function health({ healthy, alerts: { active } }) {
  const count = `${active.length} ${active.length === 1 ? "alert" : "alerts"}`;
  at("health").dataset.health = active.length === 0 && healthy ? "good" : healthy ? "warning" : "bad";
  const text = active.length === 0 && healthy ? "All is well" : healthy ? count : active.length ? `Unhealthy: ${count}` : "Unhealthy";
  say("health-text", text);
  say("live", text);
  document.title = active.length ? `(${active.length}) Auralis relay` : "Auralis relay";
}

function facts({ clients, sessions_kept, totals }) {
  const all = Object.values(clients).reduce((sum, count) => sum + count, 0);
  const rows = [["Listeners", all], ["Sessions", sessions_kept], ["Chunks", totals.chunks], ["Underruns", totals.underruns], ["Changes", totals.controls_accepted]];
  at("facts").replaceChildren(...rows.map(([name, count]) =>
    element("div", {}, element("dt", { textContent: name }), element("dd", { textContent: count.toLocaleString("en") }))));
}

/** A line of a list: when, a mark, what. */
function item(time, mark, severity, sentence) {
  const when = element("time", { className: "when", dateTime: time, textContent: clock(time), title: new Date(time).toLocaleString() });
  const it = element("li", {}, when, element("span", { className: "what" }, element("span", { className: "mark", textContent: mark }), sentence));
  it.dataset.severity = severity;
  return it;
}

/** Fills a list only where it changed, so that nobody loses the place in it. */
function fill(list, key, items) {
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...items());
}

function alerts({ active, past }) {
  fill(at("alerts"), JSON.stringify(active.map((alert) => [alert.metric, alert.session, alert.raised])), () =>
    active.map((alert) => item(alert.raised, alert.severity, alert.severity, alert.sentence)));
  at("no-alerts").hidden = active.length > 0;
  at("past").hidden = past.length === 0;
  say("past-title", `Earlier: ${past.length}`);
  const lasted = (alert) => Math.max(1, Math.round((Date.parse(alert.over) - Date.parse(alert.raised)) / 1000));
  fill(at("past-alerts"), `${past.length} ${past[0]?.over}`, () =>
    past.map((alert) => item(alert.raised, `${lasted(alert)} s`, "info", alert.sentence)));
}

function plots({ targets, alerts: { active }, time }) {
  if (!state.plots.length) {
    const move = (when) => state.plots.forEach((plot) => plot.move(when));
    state.plots = targets.map((target) => new Plot(target, move));
    at("plots").replaceChildren(...state.plots.map((plot) => plot.card));
  }
  const until = Date.parse(time);
  const span = Number(document.querySelector("[name=span]:checked").value) * 1000;
  // No emptiness before what is known.
  const from = Math.max(until - span, Math.min(state.points[0].time, until - 60_000));
  say("since", `From ${clock(from)} on. With the arrow keys a curve tells its values; so does a pointer. A dashed line is a limit.`);
  for (const plot of state.plots) {
    plot.card.hidden = state.session !== "" && ["cpu", "memory"].includes(plot.target.metric);
    plot.show(state.points, from, until, active.some((alert) => alert.metric === plot.target.metric));
  }
}

function sessions(answer) {
  const named = answer.sessions.map(({ session }) => session);
  const wanted = state.session && !named.includes(state.session) ? [state.session, ...named] : named;
  const select = at("session");
  if (document.activeElement !== select && !state.session) {
    fill(select, wanted.join(), () => [new Option("All of them", ""), ...wanted.map((name) => new Option(name, name))]);
    select.value = state.session;
  }
  const row = ({ session, clients, current, totals }) => {
    const there = Object.entries(clients).filter(([, count]) => count > 0);
    const all = there.reduce((sum, [, count]) => sum + count, 0);
    const kinds = element("small", { textContent: there.map(([kind, count]) => `${count} ${kind}`).join(", ") });
    const cells = [
      amount(current.synthesis_latency_ms, "ms"), amount(current.buffer_depth_ms, "ms"),
      current.real_time_factor === null ? "not measured" : `${number(current.real_time_factor)} ×`,
      amount(current.peak_level_dbfs, "dBFS"), totals.dropped_chunks.toLocaleString("en"),
    ];
    const head = element("th", { scope: "row", textContent: session });
    return element("tr", {}, head, element("td", {}, `${all} `, kinds),
      ...cells.map((text) => element("td", { textContent: text === "not measured" ? "–" : text })));
  };
  at("sessions").tBodies[0].replaceChildren(...answer.sessions.map(row));
  document.querySelector(".scroll").hidden = answer.sessions.length === 0;
  at("no-sessions").hidden = answer.sessions.length > 0;
}

function events(list) {
  at("no-events").hidden = list.length > 0;
  fill(at("events"), `${list.length} ${list[0]?.time} ${list[0]?.times}`, () =>
    list.map(({ time, since, times, severity, code, session, sentence }) => {
      const whose = session === null ? "" : `${session}: `;
      const often = times > 1 ? ` (${times.toLocaleString("en")} times since ${clock(since)})` : "";
      return item(time, code.replaceAll("_", " ").toLowerCase(), severity, `${whose}${sentence}${often}`);
    }));
}

/** Looks at one session, or at all of them. */
function choose(session) {
  state.session = session;
  state.whole = false;
  state.points = [];
  at("session").value = session;
  ask();
}

at("session").addEventListener("change", (event) => choose(event.target.value));
for (const span of document.querySelectorAll("[name=span]")) span.addEventListener("change", show);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  // What happened meanwhile is in the relay's history.
  state.whole = false;
  ask();
});
setInterval(() => document.hidden || state.asking || ask(), EACH);
ask();
