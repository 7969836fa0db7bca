// The page of a record: fields in place, tabs, mentions, previews, quick days.
(() => {
  const strings = document.getElementById("record-strings").dataset;
  const { openDialog, toast } = window.closeloop;

  // --- Fields in place ------------------------------------------------------

  let saved = "";

  const pencil = (name) => document.querySelector(`#fact-${CSS.escape(name)} .fact-edit`);

  const leave = (form) => {
    const { field } = form.dataset;
    form.closest(".fact-place").replaceChildren();
    pencil(field)?.focus();
  };

  const isTouched = (form) => form.dataset.touched === "1";

  const enter = (form) => {
    const control =
      form.querySelector(".is-invalid") ||
      form.querySelector("input:not([type=hidden]), select, textarea");
    if (form.querySelector(".field-conflict, .is-invalid")) form.dataset.touched = "1";
    for (const name of ["input", "change"]) form.addEventListener(name, () => (form.dataset.touched = "1"));
    if (control?.tomselect) control.tomselect.focus();
    else control?.focus();
    if (control?.matches("input[type=text], input[type=number]")) control.select();
  };

  // One field at a time: what is typed in another must not get lost when the facts are drawn anew.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (elt.matches(".fact-edit"))
      for (const form of document.querySelectorAll(".fact-place .field-form")) {
        if (isTouched(form)) {
          event.preventDefault();
          toast(strings.unsaved);
          form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
          return;
        }
        form.closest(".fact-place").replaceChildren();
      }
    if (elt.matches(".field-form")) saved = elt.dataset.field;
  });

  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target?.id !== "facts" || !saved) return;
    const edit = pencil(saved);
    const hidden = edit?.closest("details");
    if (hidden) hidden.open = true;
    edit?.focus();
    saved = "";
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-leave-field]");
    const form = link?.closest(".fact-place .field-form");
    if (!form) return;
    event.preventDefault();
    leave(form);
  });

  document.addEventListener("dblclick", (event) => {
    const value = event.target.closest(".fact-value");
    if (value && !event.target.closest("a")) value.parentElement.querySelector(".fact-edit")?.click();
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".fact-place .field-form");
    if (!form || event.isComposing) return;
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      leave(form);
    }
  });

  // --- A comment begun ------------------------------------------------------
  // Logging a call, adding a file or running a verb draws its place anew.

  let begun = "";
  const comment = () => document.getElementById("comment-body");

  document.body.addEventListener("htmx:beforeSwap", ({ detail: { target, requestConfig } }) => {
    const area = comment();
    if (area && target?.contains(area) && !requestConfig.elt.contains(area)) begun = area.value || begun;
  });

  document.body.addEventListener("htmx:afterSettle", () => {
    const area = comment();
    if (!begun || !area || area.value) return;
    area.value = begun;
    begun = "";
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // --- Tabs -----------------------------------------------------------------

  const dressTabs = (box) => {
    const list = box.querySelector("[data-tablist]");
    const tabs = [...list.querySelectorAll("[data-tab]")];
    const panelOf = (tab) => document.getElementById(`panel-${tab.dataset.tab}`);
    const show = (chosen, focus) => {
      for (const tab of tabs) {
        const active = tab === chosen;
        tab.classList.toggle("active", active);
        tab.setAttribute("aria-selected", String(active));
        tab.tabIndex = active ? 0 : -1;
        panelOf(tab).hidden = !active;
      }
      if (focus) chosen.focus();
      chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
      htmx.trigger(panelOf(chosen), "tab:open");
    };
    list.setAttribute("role", "tablist");
    for (const tab of tabs) {
      tab.setAttribute("role", "tab");
      tab.removeAttribute("aria-current");
      tab.setAttribute("aria-controls", `panel-${tab.dataset.tab}`);
      tab.setAttribute("aria-selected", String(tab.classList.contains("active")));
      tab.tabIndex = tab.classList.contains("active") ? 0 : -1;
      const panel = panelOf(tab);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        show(tab);
      });
    }
    list.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(event.target);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (at < 0) return;
      if (event.key === " ") {
        event.preventDefault();
        show(tabs[at]);
      }
      if (to === undefined) return;
      event.preventDefault();
      show(tabs[(to + tabs.length) % tabs.length], true);
    });
  };

  // --- Mentions -------------------------------------------------------------

  const WORD = /(?:^|[^\w.+-])@([^\s@]{0,30})$/;

  let mentions = 0;

  const dressMention = (area) => {
    const list = document.createElement("div");
    Object.assign(list, { className: "mention-list", hidden: true, id: `people-${++mentions}` });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", strings.people);
    area.after(list);
    area.setAttribute("aria-controls", list.id);
    area.setAttribute("aria-autocomplete", "list");
    let timer = 0;
    let asked = 0;

    const close = () => {
      list.hidden = true;
      list.replaceChildren();
      area.removeAttribute("aria-activedescendant");
    };
    const mark = (option) => {
      for (const other of list.children) other.setAttribute("aria-selected", String(other === option));
      area.setAttribute("aria-activedescendant", option.id);
    };
    const choose = (option) => {
      const before = area.value.slice(0, area.selectionStart).replace(/@[^\s@]*$/, `@${option.dataset.name} `);
      const after = area.value.slice(area.selectionStart);
      area.value = before + after;
      area.setSelectionRange(before.length, before.length);
      close();
      area.focus();
    };
    const offer = (people) => {
      list.replaceChildren(
        ...people.map(({ name, text, same }, number) => {
          const option = document.createElement("div");
          option.id = `${list.id}-${number}`;
          option.className = "mention-option";
          option.setAttribute("role", "option");
          option.dataset.name = name;
          option.textContent = text;
          if (same) option.append(Object.assign(document.createElement("small"), { textContent: ` @${name}` }));
          option.addEventListener("mousedown", (event) => {
            event.preventDefault();
            choose(option);
          });
          return option;
        }),
      );
      list.hidden = !people.length;
      if (people.length) mark(list.firstElementChild);
    };

    area.addEventListener("input", () => {
      clearTimeout(timer);
      const match = area.value.slice(0, area.selectionStart).match(WORD);
      if (!match) return close();
      timer = setTimeout(async () => {
        const number = ++asked;
        const answer = await fetch(`${area.dataset.mention}?q=${encodeURIComponent(match[1])}`, {
          headers: { Accept: "application/json" },
        }).catch(() => null);
        if (answer?.ok && number === asked) offer(await answer.json());
      }, 150);
    });
    area.addEventListener("blur", close);
    area.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      const options = [...list.children];
      const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowDown") mark(options[(at + 1) % options.length]);
      else if (event.key === "ArrowUp") mark(options[(at - 1 + options.length) % options.length]);
      else if (event.key === "Enter" || event.key === "Tab") choose(options[at]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  };

  // --- Previews -------------------------------------------------------------

  const preview = (link) => {
    const dialog = document.getElementById("dialog");
    const head = document.createElement("div");
    head.className = "modal-header";
    const title = Object.assign(document.createElement("h2"), {
      className: "modal-title",
      id: "dialog-title",
      textContent: link.dataset.name,
    });
    const close = Object.assign(document.createElement("button"), { type: "button", className: "btn-close" });
    close.dataset.closeDialog = "";
    close.setAttribute("aria-label", strings.close);
    head.append(title, close);
    const body = document.createElement("div");
    body.className = "modal-body file-preview";
    const isImage = link.dataset.preview === "image";
    const shown = document.createElement(isImage ? "img" : "iframe");
    shown.src = link.href;
    if (isImage) shown.alt = link.dataset.name;
    else shown.title = link.dataset.name;
    body.append(shown);
    dialog.replaceChildren(head, body);
    dialog.classList.add("dialog-wide");
    openDialog();
    close.focus();
  };

  document.addEventListener("closeloop:dialog-closed", () =>
    document.getElementById("dialog").classList.remove("dialog-wide"),
  );

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-preview]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      preview(link);
    }
  });

  // --- Start ----------------------------------------------------------------

  const each = (root, selector, run) => {
    if (root.matches?.(selector)) run(root);
    root.querySelectorAll(selector).forEach(run);
  };

  htmx.onLoad((root) => {
    each(root, "[data-tabs]", dressTabs);
    each(root, "textarea[data-mention]", dressMention);
    each(root, ".fact-place .field-form", enter);
  });
})();
