// Runs before the first paint, so that a dark page never flashes white.
(() => {
  const root = document.documentElement;
  root.classList.add("has-js");
  // Paper is white.
  let onScreen;
  addEventListener("beforeprint", () => {
    onScreen = root.dataset.bsTheme;
    root.dataset.bsTheme = "light";
  });
  addEventListener("afterprint", () => {
    root.dataset.bsTheme = onScreen;
  });
  if (root.dataset.theme !== "auto") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    root.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
})();
