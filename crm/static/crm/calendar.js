// The calendar: dropping an entry or drawing its end runs the very edit of its form, and the server
// decides; a free place opens the form of a new meeting there.
(() => {
  const { strings, toast, csrfToken } = window.closeloop;

  const refresh = () =>
    htmx.ajax("GET", location.href, { target: "#calendar", select: "#calendar", swap: "outerHTML" });

  document.addEventListener("closeloop:dialog-closed", refresh);

  const send = async (entry, data) => {
    const body = new URLSearchParams({ ...data, version: entry.dataset.version });
    const headers = { "HX-Request": "true", "X-CSRFToken": csrfToken() };
    const answer = await fetch(entry.dataset.moveUrl, { method: "POST", body, headers });
    if (answer.status === 204) return;
    if (answer.headers.get("HX-Retarget") === "#toasts")
      document.getElementById("toasts").insertAdjacentHTML("beforeend", await answer.text());
    else if (answer.status === 403) toast(strings.forbidden);
    else if (answer.status === 404) toast(strings.gone);
    else toast(strings.failed);
  };

  // Whatever came of it: the page shows what the server has.
  const change = (entry, data) => {
    entry.classList.add("moving");
    send(entry, data)
      .catch(() => toast(strings.offline))
      .finally(refresh);
  };

  // Whole days stay whole days, and times stay times.
  const fits = (cell, entry) => {
    const isAllDay = "allDay" in entry.dataset;
    if ("days" in cell.dataset) return isAllDay;
    return !("hour" in cell.dataset) || !isAllDay;
  };

  const dress = (cell) => {
    new Sortable(cell, {
      group: { name: "calendar", put: (to, _from, entry) => fits(to.el, entry) },
      draggable: "[data-entry]",
      filter: ".cal-move, .cal-end",
      preventOnFilter: false,
      sort: false,
      animation: 120,
      delay: 250,
      delayOnTouchOnly: true,
      // The others would be in the way of the hours they cover.
      onStart: ({ item }) => item.closest(".cal").classList.add("cal-dragging"),
      onEnd({ item, from, to }) {
        item.closest(".cal").classList.remove("cal-dragging");
        if (from === to) return;
        const { day, hour } = to.dataset;
        change(item, { day, from: from.dataset.day, ...(hour && { hour }) });
      },
    });
  };

  // --- As high as they are long -----------------------------------------------------------------
  // Without scripts an entry stands in the row of its hour, and says until when it lasts.

  const SHORTEST = 30;
  const STEP = 15;
  const clock = (minutes) =>
    [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
  const stand = (entry, lasts) => {
    const hour = entry.closest("tr").getBoundingClientRect().height;
    entry.style.top = `${((entry.dataset.at % 60) / 60) * hour}px`;
    entry.style.height = `${(Math.max(lasts, SHORTEST) / 60) * hour - 3}px`;
  };

  // Entries that overlap share the width of their day.
  const share = (entries) => {
    let group = [];
    let lanes = [];
    const close = () => {
      for (const [entry, lane] of group) {
        entry.classList.toggle("cal-narrow", lanes.length > 1);
        entry.style.left = `${(lane / lanes.length) * 100}%`;
        entry.style.width = `calc(${100 / lanes.length}% - 2px)`;
      }
      [group, lanes] = [[], []];
    };
    for (const entry of entries) {
      const at = Number(entry.dataset.at);
      if (lanes.every((until) => until <= at)) close();
      let lane = lanes.findIndex((until) => until <= at);
      if (lane < 0) lane = lanes.length;
      lanes[lane] = at + Math.max(entry.dataset.lasts, SHORTEST);
      group.push([entry, lane]);
    }
    close();
  };

  const lay = (grid) => {
    grid.classList.add("cal-laid");
    const days = {};
    for (const entry of grid.querySelectorAll("[data-hour] > [data-at]")) {
      stand(entry, Number(entry.dataset.lasts));
      const said = entry.querySelectorAll("time, a:not(.cal-move), .cal-owner");
      entry.title = [...said].map((part) => part.textContent).join(" ");
      (days[entry.parentElement.dataset.day] ??= []).push(entry);
      if (!("mayLast" in entry.dataset)) continue;
      const end = document.createElement("span");
      end.className = "cal-end";
      entry.append(end);
    }
    for (const entries of Object.values(days)) share(entries.sort((a, b) => a.dataset.at - b.dataset.at));
  };

  // --- Drawn longer or shorter ------------------------------------------------------------------

  document.addEventListener("pointerdown", (down) => {
    if (!down.target.matches?.(".cal-end")) return;
    down.preventDefault();
    const entry = down.target.closest("[data-at]");
    const { at, lasts: before } = Object.fromEntries(
      Object.entries(entry.dataset).map(([name, value]) => [name, Number(value)]),
    );
    const hour = entry.closest("tr").getBoundingClientRect().height;
    const time = entry.querySelector("time");
    let lasts = before;
    const follow = (event) => {
      const drawn = before + ((event.clientY - down.clientY) / hour) * 60;
      lasts = Math.min(Math.max(Math.round(drawn / STEP) * STEP, STEP), 24 * 60 - at);
      stand(entry, lasts);
      time.textContent = `${clock(at)}–${clock(at + lasts)}`;
    };
    const over = new AbortController();
    const { signal } = over;
    document.addEventListener("pointermove", follow, { signal });
    document.addEventListener("pointercancel", () => (over.abort(), refresh()), { signal });
    document.addEventListener(
      "pointerup",
      () => {
        over.abort();
        if (lasts === before) refresh();
        else change(entry, { minutes: lasts });
      },
      { signal },
    );
  });

  // A free place is where a meeting may be; by keyboard there is the button. A drag that ends
  // where it began is no click on the place below.
  let pressed = null;
  document.addEventListener("pointerdown", (event) => (pressed = event.target));
  document.addEventListener("click", (event) => {
    if (event.target !== pressed) return;
    const cell = event.target.matches?.("td") ? event.target.querySelector(".cal-cell") : event.target;
    const url = document.getElementById("calendar")?.dataset.create;
    if (!url || !cell?.matches?.(".cal-cell")) return;
    const { day, hour } = cell.dataset;
    const at = (clock) => `${day}T${String(clock).padStart(2, "0")}:00`;
    const end = Number(hour) === 23 ? `${day}T23:59` : at(Number(hour) + 1);
    const asked = hour ? { starts_at: at(hour), ends_at: end } : { starts_on: day };
    location.assign(`${url}?${new URLSearchParams(asked)}`);
  });

  htmx.onLoad((root) => {
    root.querySelectorAll(".cal-grid .cal-cell").forEach(dress);
    root.querySelectorAll(".cal-hours").forEach(lay);
  });
})();
