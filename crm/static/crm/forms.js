// Forms: searchable selects, lines of a document, unsaved changes, one submission at a time.
(() => {
  const { strings } = window.closeloop;

  // --- Selects --------------------------------------------------------------

  const remote = (url) => ({
    valueField: "value",
    labelField: "text",
    searchField: [],
    // The server searches also in what the text does not say, such as a phone number.
    score: (query) => (option) => {
      if (option.value === "") return 0;
      return option.query === query || option.text.toLowerCase().includes(query.toLowerCase()) ? 1 : 0;
    },
    load(query, done) {
      fetch(`${url}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : []))
        .then((found) => {
          this.clearOptions();
          const others = found.filter((option) => `${option.value}` !== this.input.dataset.remoteWithout);
          done(others.map((option) => ({ ...option, query })));
        })
        .catch(() => done());
    },
  });

  const note = (text) => () => {
    const box = document.createElement("div");
    box.className = "no-results";
    box.textContent = text;
    return box;
  };

  const enhance = (select) => {
    if (select.tomselect) return;
    const url = select.dataset.remoteUrl;
    new TomSelect(select, {
      plugins: select.multiple ? { remove_button: { title: strings.remove } } : [],
      maxOptions: 200,
      allowEmptyOption: !select.multiple,
      clearAfterSelect: true,
      hidePlaceholder: true,
      // Whoever is quick has chosen before a pause is over: the list would open again.
      refreshThrottle: 0,
      render: { no_results: note(strings.none), loading: note(strings.searching) },
      ...(url ? remote(url) : {}),
    });
    // Its label has moved to the box that replaces it.
    select.setAttribute("aria-hidden", "true");
  };

  // --- Lines ----------------------------------------------------------------

  const dressLines = (box) => {
    const total = box.querySelector("[name$=-TOTAL_FORMS]");
    const body = box.querySelector("[data-lines]");
    // The empty rows are for people without JavaScript; one is enough to start with.
    const empty = contents(box.querySelector("[data-empty-line]").content);
    const lines = [...body.querySelectorAll("[data-line]")];
    const blank = lines.filter(
      (line) =>
        !line.hasAttribute("data-stored") && !line.querySelector(".is-invalid") && contents(line) === empty,
    );
    blank.slice(blank.length < lines.length ? 0 : 1).forEach((line) => line.remove());
    // Without gaps: to the server a missing line is one whose boxes were all unticked.
    const count = () => {
      const all = [...body.querySelectorAll("[data-line]")];
      all.forEach((line, number) => {
        for (const control of line.querySelectorAll("[name]"))
          control.name = control.name.replace(/-\d+-(?=[^-]*$)/, `-${number}-`);
      });
      total.value = all.length;
    };
    // Identifiers are never used twice.
    let next = Number(total.value);
    count();
    box.querySelector("[data-add-line]").addEventListener("click", () => {
      const copy = document.createElement("tbody");
      copy.innerHTML = box
        .querySelector("[data-empty-line]")
        .innerHTML.replaceAll("__prefix__", next++);
      const line = copy.firstElementChild;
      body.append(line);
      count();
      dress(line);
      line.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
    body.addEventListener("click", (event) => {
      if (!event.target.closest("[data-remove-line]")) return;
      const line = event.target.closest("[data-line]");
      const mark = line.querySelector("input[name$=-DELETE]");
      // A stored line is deleted by the server.
      if (line.hasAttribute("data-stored") && mark) {
        mark.checked = true;
        line.hidden = true;
      } else line.remove();
      count();
      box.dispatchEvent(new Event("change", { bubbles: true }));
      box.querySelector("[data-add-line]").focus();
    });
  };

  const contents = (line) =>
    JSON.stringify(
      [...line.querySelectorAll("input:not([type=hidden]), select, textarea")].map((control) =>
        control.type === "checkbox" ? control.checked : control.value,
      ),
    );

  // --- Days a tap away --------------------------------------------------------

  document.addEventListener("click", (event) => {
    const day = event.target.closest(".quick-days [data-day]");
    if (!day) return;
    const input = day.closest(".field").querySelector("input");
    input.value = day.dataset.day;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // --- Unsaved changes ------------------------------------------------------

  const dirty = new Set();

  const guard = (form) => {
    const mark = () => dirty.add(form);
    form.addEventListener("input", mark);
    form.addEventListener("change", mark);
  };

  window.addEventListener("beforeunload", (event) => {
    if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    dirty.delete(form);
    // A second click must not post twice; a page restored by "back" may post again.
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) delete form.dataset.sent;
  });

  // --- Start ----------------------------------------------------------------

  const each = (root, selector, run) => {
    if (root.matches?.(selector)) run(root);
    root.querySelectorAll(selector).forEach(run);
  };

  // --- Files ----------------------------------------------------------------

  // The browser's own words are in its language, not in that of the page: the control lies, unseen,
  // over others.
  const face = (input) => {
    const box = document.createElement("div");
    box.className = "file-box";
    input.replaceWith(box);
    const shown = document.createElement("div");
    shown.className = "form-control file-face";
    shown.setAttribute("aria-hidden", "true");
    const [act, names] = [document.createElement("span"), document.createElement("span")];
    act.textContent = input.multiple ? strings.chooseFiles : strings.chooseFile;
    shown.append(act, names);
    box.append(input, shown);
    const tell = () => {
      names.textContent = [...input.files].map(({ name }) => name).join(", ") || strings.noFile;
    };
    input.addEventListener("change", tell);
    tell();
  };

  const dress = (root) => {
    each(root, "input[type=file]", face);
    each(root, "[data-formset]", dressLines);
    each(root, "select.js-select", enhance);
    each(root, "form[data-guard]", guard);
  };

  htmx.onLoad(dress);
  document.querySelector("main [data-focus], main .is-invalid")?.focus();
})();
