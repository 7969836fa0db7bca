// The shell: htmx, dialog, toasts, menus, keys. Other scripts use window.closeloop.
(() => {
  const strings = document.getElementById("strings").dataset;
  const toasts = document.getElementById("toasts");
  const dialog = document.getElementById("dialog");

  // --- Toasts ---------------------------------------------------------------

  const template = document.getElementById("toast-template");

  const toast = (text, link) => {
    const note = template.content.cloneNode(true);
    const place = note.querySelector("[data-text]");
    place.textContent = text;
    if (link) {
      const anchor = document.createElement("a");
      Object.assign(anchor, { href: link.url, textContent: link.text, target: "_blank", className: "ms-2" });
      place.append(anchor);
    }
    toasts.append(note);
  };

  const watchToasts = new MutationObserver((changes) => {
    for (const change of changes)
      for (const note of change.addedNodes)
        // An error stays until it is read.
        if (note.matches?.(".toast-success, .toast-info")) setTimeout(() => note.remove(), 6000);
    raiseToasts();
  });
  watchToasts.observe(toasts, { childList: true });

  // An open modal dialog covers everything that is not inside it.
  const raiseToasts = () => {
    const home = dialog.open ? dialog : document.body;
    if (toasts.parentElement !== home && toasts.children.length) home.append(toasts);
  };

  // --- Dialog ---------------------------------------------------------------

  let opener = null;

  const openDialog = () => {
    if (!dialog.open) {
      opener = document.activeElement;
      dialog.showModal();
    }
    const wrong = dialog.querySelector("[data-focus], .is-invalid");
    const first = dialog.querySelector(".modal-body :is(input:not([type=hidden]), select, textarea)");
    (wrong || first)?.focus();
  };

  const goOn = (id, place) => {
    const found = (id && document.getElementById(id)) || document.getElementById(place);
    if (!found) return;
    if (found.id === place) found.tabIndex = -1;
    found.focus({ preventScroll: found.id === place });
  };

  const closeDialog = () => {
    if (dialog.open) dialog.close();
  };

  dialog.addEventListener("close", () => {
    document.body.append(toasts);
    dialog.replaceChildren();
    // What was done may have drawn the page anew, with or without the button that began it.
    if (opener?.isConnected) opener.focus();
    else if (opener) goOn(opener.id, "record");
    document.dispatchEvent(new CustomEvent("closeloop:dialog-closed"));
  });

  // --- htmx -----------------------------------------------------------------

  const on = (name, run) => document.body.addEventListener(name, run);

  // The cookie knows of a log-in in another tab, the page does not.
  const csrfToken = () =>
    document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ||
    document.querySelector("meta[name=csrf-token]").content;

  on("htmx:configRequest", (event) => {
    const { verb, headers, parameters, elt } = event.detail;
    if (verb !== "get") {
      headers["X-CSRFToken"] = csrfToken();
      delete parameters.csrfmiddlewaretoken;
      // Whoever works through rows stays with them, whatever comes of one.
      if (document.querySelector("#board, #day")) headers["X-Stay"] = "1";
    } else if (elt.id === "filters")
      // The address is shared: it says what was chosen, and nothing else.
      for (const name of Object.keys(parameters)) if (!String(parameters[name])) delete parameters[name];
  });

  on("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    const stop = () => {
      event.preventDefault();
      location.reload();
    };
    // The session has ended: the answer is the log-in page.
    if (new URL(xhr.responseURL, location).pathname === document.body.dataset.login) {
      if (event.detail.requestConfig.verb === "get") return stop();
      event.preventDefault();
      toast(strings.loggedOut, { url: document.body.dataset.login, text: strings.login });
      return;
    }
    const target = xhr.getResponseHeader("HX-Retarget");
    // A verb was run from a list: the page is stale. A board and My day bring themselves up to date.
    if (target === "#record" && !document.getElementById("record")) {
      if (!document.querySelector("#board, #day")) return stop();
      event.preventDefault();
      closeDialog();
    }
  });

  on("htmx:beforeSwap", (event) => {
    const { detail } = event;
    // The toasts may live in the dialog, whose content is about to go.
    if (detail.target?.id === "dialog") document.body.append(toasts);
    if (detail.target?.id === "toasts") detail.swapOverride = "beforeend";
    if (detail.target?.id === "record") detail.swapOverride = "outerHTML";
  });

  on("htmx:afterSwap", (event) => {
    const { target } = event.detail;
    if (!target) return;
    if (target.id === "dialog" && target.children.length) {
      openDialog();
      raiseToasts();
    }
    if (target.id === "record") closeDialog();
  });

  // Whoever works by keyboard goes on with what they used, or where it was.
  let used = null;

  on("htmx:beforeSwap", ({ detail: { target, requestConfig } }) => {
    const cause = requestConfig.triggeringEvent;
    const control = cause?.submitter || requestConfig.elt;
    if (cause?.isTrusted && target?.id && target.contains(control)) used = [control.id, target.id];
  });

  on("htmx:afterSettle", ({ detail: { target } }) => {
    if (!used || target?.id !== used[1]) return;
    if (document.activeElement === document.body) goOn(...used);
    used = null;
  });

  on("dialog:close", closeDialog);

  on("htmx:responseError", (event) => {
    const text = { 403: strings.forbidden, 404: strings.gone }[event.detail.xhr.status];
    toast(text || strings.failed);
  });

  on("htmx:sendError", () => toast(strings.offline));

  // --- Clicks ---------------------------------------------------------------

  const side = document.getElementById("menu");

  const toggleMenu = (open) => {
    document.documentElement.classList.toggle("menu-open", open);
    if (open) side.querySelector(".side-link")?.focus();
  };

  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    // List and board show the same rows, also after the filters have changed in place.
    const twin = hit("a[data-same-rows]");
    if (twin) twin.search = location.search;
    for (const menu of document.querySelectorAll("details.menu[open], details.board-move[open]"))
      if (!menu.contains(event.target) || hit(".dropdown-item")) menu.open = false;
    // Filters change the address, not the page around the list.
    if (hit("[data-with-query]")) hit("[data-with-query]").search = location.search;
    if (hit("[data-dismiss-toast]")) hit(".toast-note").remove();
    else if (hit("[data-close-dialog]")) hit("dialog")?.close();
    else if (hit("[data-show-keys]")) document.getElementById("keys").showModal();
    else if (hit("[data-menu-open]")) {
      event.preventDefault();
      toggleMenu(true);
    } else if (hit("[data-menu-close]")) {
      event.preventDefault();
      toggleMenu(false);
    } else if (document.documentElement.classList.contains("menu-open") && !hit("#menu")) toggleMenu(false);
    else openRow(event);
  });

  // The whole row of a list is a target, but never in the way of links or of selecting text.
  const openRow = (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  };

  // --- Keys -----------------------------------------------------------------

  const keys = {
    n: () => document.querySelector("[data-key=n]")?.click(),
    e: () => document.querySelector("[data-key=e]")?.click(),
    m: () => {
      toggleMenu(true);
      (side.querySelector("[aria-current]") || side.querySelector(".side-link"))?.focus();
    },
    "?": () => document.getElementById("keys").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details.menu[open], details.board-move[open]");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
      toggleMenu(false);
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !event.isComposing) {
      const form = event.target.closest?.("form[method=post]");
      if (form) event.preventDefault();
      form?.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input, select, textarea, [contenteditable]")) return;
    if (document.querySelector("dialog[open]") || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  window.closeloop = { strings, toast, csrfToken, openDialog, closeDialog };
})();
