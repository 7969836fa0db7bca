// My day: whatever is done about a row, in a dialog or by a button, brings the cards up to date.
(() => {
  const OLD = 5 * 60 * 1000; // milliseconds after which the cards are read anew when looked at
  const said = document.getElementById("day-said");
  const day = () => document.getElementById("day");
  const cards = () => [...document.querySelectorAll(".home-card")];

  // --- Up to date --------------------------------------------------------------

  let readAt = Date.now();
  let place = null; // {card, row}: where the work goes on

  const where = (elt) => {
    const card = elt?.closest?.(".home-card");
    if (!card) return null;
    const row = elt.closest(".home-item");
    return { card: card.id, row: row ? [...row.parentElement.children].indexOf(row) : 0 };
  };

  const refresh = () => {
    readAt = Date.now();
    const shown = new URLSearchParams(cards().map((card) => ["shown", card.id.replace(/^day-/, "")]));
    htmx.ajax("GET", `${day().dataset.url}?${shown}`, { target: "#day", swap: "outerHTML" });
  };
  document.body.addEventListener("day:changed", refresh);

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, xhr, requestConfig } = event.detail;
    if (!elt.closest(".home-item, #dialog")) return;
    place = where(elt) || place;
    // The row, or the dialog, may be gone by the time of the answer.
    xhr.addEventListener("load", () => {
      // Somebody else was faster, or it is out of sight by now: what is shown is old.
      const old = [403, 404, 409].includes(xhr.status);
      const done = requestConfig.verb !== "get" && xhr.status < 400 && !xhr.getResponseHeader("HX-Redirect");
      if (done) {
        said.textContent = said.dataset.done;
        document.getElementById(place?.card)?.querySelectorAll(".home-item")[place.row]?.classList.add("home-done");
      }
      if (old || done) refresh();
    });
  });

  // Come back to, by the browser's button or after a while, it would show what is done long since.
  const [load] = performance.getEntriesByType("navigation");
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted || load?.type === "back_forward") refresh();
  });
  document.addEventListener("visibilitychange", () => {
    const busy = document.querySelector("dialog[open]");
    if (document.visibilityState === "visible" && !busy && Date.now() - readAt > OLD) refresh();
  });

  // --- Cards of uneven height ------------------------------------------------

  // Each stands under the shortest column so far: the more urgent the higher, and as Tab goes.
  const heights = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const grid = target.parentElement;
      if (!grid) continue;
      const gap = parseFloat(getComputedStyle(grid).columnGap);
      target.style.gridRowEnd = `span ${Math.ceil(target.offsetHeight + gap)}`;
      grid.classList.add("home-lanes");
    }
  });
  const lay = (root) => {
    if (root.closest("#day") || root.contains(day())) for (const card of cards()) heights.observe(card);
  };
  lay(document.body);
  htmx.onLoad(lay);

  // --- The next row -----------------------------------------------------------

  document.body.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (target.id === "day") place = where(document.activeElement) || place;
  });

  // The row that had the focus is done: go on with the one that has come to its place.
  document.body.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => {
    if (elt.id !== "day" || !place || document.activeElement !== document.body) return;
    const card = document.getElementById(place.card);
    if (!card) return;
    const rows = card.querySelectorAll(".home-item");
    const row = rows[Math.min(place.row, rows.length - 1)];
    (row?.querySelector(":is(a, button)") || card.querySelector("h3 a")).focus({ preventScroll: true });
    place = null;
  });
})();
