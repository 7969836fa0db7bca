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

  // --- Widths: kept in this browser ------------------------------------------

  const dressWidths = () => {
    const table = document.querySelector("[data-widths]");
    if (!table || matchMedia("(max-width: 767px)").matches) return;
    const key = `widths:${table.dataset.widths}`;
    const widths = JSON.parse(localStorage.getItem(key) || "{}");
    for (const head of table.querySelectorAll("th[data-column]")) {
      const set = (width) => {
        head.style.width = head.style.minWidth = head.style.maxWidth = width ? `${width}px` : "";
      };
      set(widths[head.dataset.column]);
      const grip = document.createElement("span");
      grip.className = "column-grip";
      grip.addEventListener("pointerdown", (down) => {
        down.preventDefault();
        const start = head.offsetWidth;
        grip.setPointerCapture(down.pointerId);
        grip.onpointermove = (move) => {
          widths[head.dataset.column] = Math.max(48, start + move.clientX - down.clientX);
          set(widths[head.dataset.column]);
        };
        grip.onpointerup = () => {
          grip.onpointermove = grip.onpointerup = null;
          localStorage.setItem(key, JSON.stringify(widths));
        };
      });
      grip.addEventListener("dblclick", () => {
        delete widths[head.dataset.column];
        set("");
        localStorage.setItem(key, JSON.stringify(widths));
      });
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
    if (event.detail.elt.id === "list") {
      dressWidths();
      showTicks();
    }
  });
  dressWidths();
})();
