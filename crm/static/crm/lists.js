// Lists: ticks and verbs on many rows, columns in order and width; conditions, on boards too.
(() => {
  const filters = document.getElementById("filters");
  const changed = () => filters.dispatchEvent(new Event("change", { bubbles: true }));

  // The search has asked while it was typed: asking again when it is left would close what was
  // opened by leaving it, such as the menu of exports.
  document.addEventListener(
    "change",
    (event) => event.target.matches("[data-search]") && event.stopPropagation(),
    true,
  );

  // --- Ticks ----------------------------------------------------------------

  const ticks = () => [...document.querySelectorAll("#list td.tick input")];

  const showTicks = () => {
    const bar = document.getElementById("bulk");
    if (!bar) return;
    const ticked = ticks().filter((box) => box.checked).length;
    bar.hidden = !ticked;
    const all = bar.querySelector("[data-bulk-all]");
    bar.querySelector("[data-bulk-count]").textContent = all?.checked ? all.dataset.bulkAll : ticked;
    for (const page of document.querySelectorAll("[data-tick-all]")) {
      page.checked = ticked > 0 && ticked === ticks().length;
      page.indeterminate = ticked > 0 && !page.checked;
    }
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]"))
      for (const box of ticks()) box.checked = event.target.checked;
    const isTick = event.target.matches("[data-tick-all], td.tick input");
    // Whoever takes a row out does not mean all of them any more.
    const all = document.querySelector("[data-bulk-all]");
    if (isTick && all && !event.target.checked) all.checked = false;
    if (isTick || event.target === all) showTicks();
  });

  // --- Columns --------------------------------------------------------------

  const columns = document.querySelector("[data-columns]");
  if (columns) {
    new Sortable(columns, { draggable: ".column-choice", onEnd: changed });
    columns.addEventListener("click", (event) => {
      const row = event.target.closest("[data-column-up]")?.closest(".column-choice");
      if (!row?.previousElementSibling?.matches(".column-choice")) return;
      row.previousElementSibling.before(row);
      row.querySelector("[data-column-up]").focus();
      changed();
    });
  }

  // The address names columns only where they are not the usual ones, and no "and" that is meant
  // anyway.
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = event.detail;
    if (elt.id !== "filters") return;
    for (const name of Object.keys(parameters))
      if (/^w\d+j$/.test(name) && (parameters[name] !== "or" || !parameters[name.slice(0, -1)]))
        delete parameters[name];
    if (!columns) return;
    const chosen = [parameters.col ?? []].flat().join(",");
    if (chosen === columns.dataset.default) delete parameters.col;
  });

  // --- Widths: in the address, with the fields among the columns to choose -------------------

  const dress = (head, width) => {
    head.style.width = head.style.minWidth = head.style.maxWidth = width ? `${width}px` : "";
  };

  const keepWidth = (field, width) => {
    field.value = width;
    changed();
  };

  const dressWidths = (root) => {
    if (matchMedia("(max-width: 767px)").matches) return;
    for (const head of root.querySelectorAll("th[data-width]")) dress(head, head.dataset.width);
    for (const head of root.querySelectorAll("[data-widths] th[data-column]")) {
      const field = filters.elements[`width_${head.dataset.column}`];
      if (!field) continue;
      const grip = document.createElement("span");
      grip.className = "column-grip";
      grip.addEventListener("pointerdown", (down) => {
        down.preventDefault();
        const start = head.offsetWidth;
        let width = null;
        grip.setPointerCapture(down.pointerId);
        grip.onpointermove = (move) => {
          const wish = Math.round(start + move.clientX - down.clientX);
          width = Math.min(field.max, Math.max(field.min, wish));
          dress(head, width);
        };
        grip.onpointerup = () => {
          grip.onpointermove = grip.onpointerup = null;
          if (width !== null) keepWidth(field, width);
        };
      });
      grip.addEventListener("dblclick", () => keepWidth(field, ""));
      head.append(grip);
    }
  };

  // --- Conditions -----------------------------------------------------------

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-remove-condition]")?.closest("[data-condition]");
    if (!row) return;
    row.remove();
    changed();
  });

  document.body.addEventListener("htmx:load", (event) => {
    const { elt } = event.detail;
    if (elt === document.body) return;
    if (elt.id === "list") showTicks();
    dressWidths(elt);
  });
  dressWidths(document);
})();
