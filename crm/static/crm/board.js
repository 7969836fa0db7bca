// A board: dropping a card runs the verb; the server decides, the page shows its answer.
(() => {
  const { strings, toast, csrfToken } = window.closeloop;
  const said = document.getElementById("board-said");

  // Read the board anew, and stay where one was: the places scrolled to, the card with the focus.
  const refresh = async (card) => {
    const lists = () => [document.getElementById("board"), ...document.querySelectorAll("[data-cards]")];
    const places = lists().map(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]);
    const focus = card || document.activeElement.closest("[data-card]")?.id;
    await htmx.ajax("GET", location.href, { target: "#board", select: "#board", swap: "outerHTML" });
    lists().forEach((list, n) => list.scrollTo(...places[n]));
    const again = focus && document.getElementById(focus);
    // Won, lost or closed, it has left the board.
    if (focus && !again) document.getElementById("board").focus({ preventScroll: true });
    if (!again) return;
    again.querySelector("a").focus({ preventScroll: true });
    if (card) tell(again);
  };

  const tell = (card) => {
    const column = card.closest("section").querySelector("h2 .state").textContent;
    const title = card.querySelector(".board-title").textContent;
    said.textContent = said.dataset.moved.replace("{card}", title).replace("{column}", column);
  };

  // A move by the menu, or the dialog that a move has opened.
  let moving = "";
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, xhr, requestConfig } = event.detail;
    if (requestConfig.verb === "get" || !elt.closest("[data-move], #dialog")) return;
    moving = elt.closest("[data-card]")?.id || moving;
    // The card may be gone by the time of the answer, as the board was read anew meanwhile.
    xhr.addEventListener("load", () => {
      const done = xhr.getResponseHeader("HX-Trigger")?.includes("dialog:close");
      if (xhr.status === 204 || done) refresh(moving);
    });
  });

  const move = async (card, state) => {
    const body = new URLSearchParams({ to: state });
    const headers = {
      "HX-Request": "true",
      "X-CSRFToken": csrfToken(),
      "X-Stay": "1",
    };
    const answer = await fetch(card.dataset.moveUrl, { method: "POST", body, headers });
    if (answer.status === 204) return true;
    const target = answer.headers.get("HX-Retarget") === "#toasts" ? "#toasts" : "#dialog";
    if (answer.redirected || answer.status >= 500) toast(strings.failed);
    else if (answer.status === 403) toast(strings.forbidden);
    else if (answer.status === 404) toast(strings.gone);
    else if (target === "#toasts") document.querySelector(target).insertAdjacentHTML("beforeend", await answer.text());
    else {
      moving = card.id;
      document.body.append(document.getElementById("toasts"));
      htmx.swap(target, await answer.text(), { swapStyle: "innerHTML" });
      window.closeloop.openDialog();
    }
    return false;
  };

  // While a card is held, the columns it can go to stand out, and below there is what ends it;
  // dropped elsewhere, it comes back with the sentence that says why.
  const show = (targets) => {
    for (const list of document.querySelectorAll("[data-cards]"))
      list.closest("section").classList.toggle("board-off", Boolean(targets) && !targets.includes(list.dataset.state));
    for (const way of document.querySelectorAll("[data-way-out]"))
      way.classList.toggle("board-open", Boolean(targets?.includes(way.dataset.state)));
  };

  const dress = (list) => {
    new Sortable(list, {
      group: "board",
      draggable: "[data-card]",
      filter: ".board-more, .board-move",
      preventOnFilter: false,
      sort: false,
      animation: 120,
      // A finger first scrolls; holding it takes the card.
      delay: 250,
      delayOnTouchOnly: true,
      onStart: () => show([list.dataset.state, ...list.dataset.targets.split(" ")]),
      onEnd({ item, from, to, oldDraggableIndex }) {
        show(null);
        if (from === to) return;
        const putBack = () =>
          from.insertBefore(item, from.querySelectorAll("[data-card]")[oldDraggableIndex] || null);
        item.classList.add("moving");
        move(item, to.dataset.state)
          .then((moved) => (moved ? refresh(item.id) : putBack()))
          .catch(() => {
            putBack();
            toast(strings.offline);
          })
          .finally(() => item.classList.remove("moving"));
      },
    });
  };

  htmx.onLoad((root) => {
    if (root.matches("[data-cards]")) dress(root);
    root.querySelectorAll("[data-cards]").forEach(dress);
    for (const way of root.querySelectorAll("[data-way-out]"))
      new Sortable(way, { group: "board", draggable: "[data-card]", sort: false });
  });
})();
