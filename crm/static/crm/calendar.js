// The calendar: dropping an entry runs the very edit of its form, and the server decides; a free
// place opens the form of a new meeting there.
(() => {
  const { strings, toast, csrfToken } = window.closeloop;

  const refresh = () =>
    htmx.ajax("GET", location.href, { target: "#calendar", select: "#calendar", swap: "outerHTML" });

  document.addEventListener("closeloop:dialog-closed", refresh);

  const move = async (entry, from, cell) => {
    const body = new URLSearchParams({
      day: cell.dataset.day,
      from: from.dataset.day,
      version: entry.dataset.version,
    });
    if (cell.dataset.hour) body.set("hour", cell.dataset.hour);
    const headers = { "HX-Request": "true", "X-CSRFToken": csrfToken() };
    const answer = await fetch(entry.dataset.moveUrl, { method: "POST", body, headers });
    if (answer.status === 204) return;
    if (answer.headers.get("HX-Retarget") === "#toasts")
      document.getElementById("toasts").insertAdjacentHTML("beforeend", await answer.text());
    else if (answer.status === 403) toast(strings.forbidden);
    else if (answer.status === 404) toast(strings.gone);
    else toast(strings.failed);
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
      filter: ".cal-move",
      preventOnFilter: false,
      sort: false,
      animation: 120,
      delay: 250,
      delayOnTouchOnly: true,
      onEnd({ item, from, to }) {
        if (from === to) return;
        item.classList.add("moving");
        move(item, from, to)
          .catch(() => toast(strings.offline))
          // Whatever came of it: the page shows what the server has.
          .finally(refresh);
      },
    });
  };

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

  htmx.onLoad((root) => root.querySelectorAll(".cal-grid .cal-cell").forEach(dress));
})();
