// A board: dropping a card runs the verb; the server decides, the page shows its answer.
(() => {
  const { strings, toast, csrfToken } = window.closeloop;

  const refresh = () =>
    htmx.ajax("GET", location.href, { target: "#board", select: "#board", swap: "outerHTML" });

  // After a verb's dialog the card may be elsewhere; after "cancel" it is where it was.
  document.addEventListener("closeloop:dialog-closed", refresh);
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, xhr } = event.detail;
    if (!elt.matches?.("[data-move]")) return;
    // The card may be gone by the time of the answer, as the board was read anew meanwhile.
    xhr.addEventListener("load", () => xhr.status === 204 && refresh());
  });

  const move = async (card, state) => {
    const body = new URLSearchParams({ to: state });
    const headers = {
      "HX-Request": "true",
      "X-CSRFToken": csrfToken(),
    };
    const answer = await fetch(card.dataset.moveUrl, { method: "POST", body, headers });
    if (answer.status === 204) return true;
    const target = answer.headers.get("HX-Retarget") === "#toasts" ? "#toasts" : "#dialog";
    if (answer.redirected || answer.status >= 500) toast(strings.failed);
    else if (answer.status === 403) toast(strings.forbidden);
    else if (answer.status === 404) toast(strings.gone);
    else if (target === "#toasts") document.querySelector(target).insertAdjacentHTML("beforeend", await answer.text());
    else {
      document.body.append(document.getElementById("toasts"));
      htmx.swap(target, await answer.text(), { swapStyle: "innerHTML" });
      window.closeloop.openDialog();
    }
    return false;
  };

  const allowed = (from, to) =>
    from === to || from.el.dataset.targets.split(" ").includes(to.el.dataset.state);

  const dress = (list) => {
    new Sortable(list, {
      group: { name: "board", put: (to, from) => allowed(from, to) },
      draggable: "[data-card]",
      filter: ".board-more, .board-move",
      preventOnFilter: false,
      sort: false,
      animation: 120,
      // A finger first scrolls; holding it takes the card.
      delay: 250,
      delayOnTouchOnly: true,
      onEnd({ item, from, to, oldDraggableIndex }) {
        if (from === to) return;
        const putBack = () =>
          from.insertBefore(item, from.querySelectorAll("[data-card]")[oldDraggableIndex] || null);
        item.classList.add("moving");
        move(item, to.dataset.state)
          .then((moved) => (moved ? refresh() : putBack()))
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
  });
})();
