// The calendar: dropping an entry runs the very edit of its form; the server decides.
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

  htmx.onLoad((root) => root.querySelectorAll(".cal-grid .cal-cell").forEach(dress));
})();
