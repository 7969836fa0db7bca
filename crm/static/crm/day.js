// My day: whatever is done about a row, in a dialog or by a button, brings the cards up to date.
(() => {
  const said = document.getElementById("day-said");
  let card = ""; // the one worked on

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, xhr, requestConfig } = event.detail;
    if (elt.matches(".home-card")) return; // a card that reads itself anew
    card = elt.closest(".home-card")?.id || card;
    if (requestConfig.verb === "get" || !elt.closest("#day, #dialog")) return;
    // The row, or the dialog, may be gone by the time of the answer.
    xhr.addEventListener("load", () => {
      const moved = xhr.status === 409; // somebody else was faster: what is shown is old
      if (!moved && (xhr.status >= 400 || xhr.getResponseHeader("HX-Redirect"))) return;
      if (!moved) said.textContent = said.dataset.done;
      htmx.trigger(document.body, "day:changed");
    });
  });

  // --- Cards of uneven height ------------------------------------------------

  // Each stands under the shortest column so far: the more urgent the higher, and as Tab goes.
  const grid = document.querySelector(".home-grid");
  const heights = new ResizeObserver((entries) => {
    const gap = parseFloat(getComputedStyle(grid).columnGap);
    for (const { target } of entries)
      target.style.gridRowEnd = `span ${Math.ceil(target.offsetHeight + gap)}`;
    grid.classList.add("home-lanes");
  });
  const lay = (root) => {
    if (!grid?.contains(root)) return;
    const cards = root === grid ? grid.children : [root.closest(".home-card")];
    for (const each of cards) heights.observe(each);
  };
  if (grid) {
    lay(grid);
    htmx.onLoad(lay);
  }

  // --- The next row -----------------------------------------------------------

  // The row that had the focus is done: go on with the next one.
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== card || document.activeElement !== document.body) return;
    const { elt } = event.detail;
    (elt.querySelector(".home-item :is(a, button)") || elt.querySelector("h3 a")).focus();
  });
})();
