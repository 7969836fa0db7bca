// The search box of the top bar: keys that reach it, and a list of results to walk through.
(() => {
  const box = document.querySelector("[data-search-box]");
  if (!box) return;
  const input = box.querySelector("[data-search-all]");
  const panel = document.getElementById("search-panel");
  let active = null;

  const options = () => [...panel.querySelectorAll("[role=option]")];

  const choose = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option;
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else input.removeAttribute("aria-activedescendant");
  };

  const show = (open) => {
    panel.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) choose(null);
  };

  const close = () => {
    // An answer that is still under way must not open it again.
    htmx.trigger(input, "htmx:abort");
    show(false);
  };

  panel.addEventListener("htmx:afterSwap", () => {
    options().forEach((option, number) => (option.id = `search-option-${number}`));
    choose(null);
    show(document.activeElement === input && panel.childElementCount > 0);
  });

  const move = (step) => {
    const all = options();
    if (!all.length) return;
    show(true);
    const place = all.indexOf(active);
    choose(all[place < 0 ? (step > 0 ? 0 : all.length - 1) : (place + step + all.length) % all.length]);
  };

  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Escape: () => {
      if (panel.hidden) input.blur();
      close();
    },
  };

  input.addEventListener("keydown", (event) => {
    // While an input method composes, the keys are its own.
    if (event.isComposing) return;
    if (event.key === "Enter" && active && !panel.hidden) {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) window.open(active.href, "_blank", "noopener");
      else location.assign(active.href);
    } else if (keys[event.key]) {
      event.preventDefault();
      event.stopPropagation();
      keys[event.key]();
    }
  });

  // What was chosen belongs to the words before.
  input.addEventListener("input", () => choose(null));

  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget)) close();
  });
  // A press on an option must not take the focus, and the list with it, before the click.
  panel.addEventListener("mousedown", (event) => event.preventDefault());

  const open = () => {
    // On a narrow screen the box is a link to the page of the search.
    if (!input.offsetParent) location.assign(box.action);
    else {
      input.focus();
      input.select();
    }
  };

  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const asked = (ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k";
    const slash = key === "/" && !ctrlKey && !metaKey && !altKey;
    if (!asked && !(slash && !target.matches("input, select, textarea, [contenteditable]"))) return;
    event.preventDefault();
    open();
  });
})();
