// The bell: ask now and then whether there is something new, while somebody is looking.
(() => {
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  const EVERY = 30000;
  let pause = EVERY;
  let timer = 0;

  const lastAsked = () => Number(sessionStorage.getItem("bell") || 0);

  const show = (markup) => {
    const news = document.createElement("template");
    news.innerHTML = markup;
    bell.querySelector("[data-unread]").replaceWith(news.content.querySelector("[data-unread]"));
    document.getElementById("toasts").append(...news.content.querySelectorAll(".toast-note"));
  };

  const ask = async () => {
    sessionStorage.setItem("bell", String(Date.now()));
    const unread = bell.querySelector("[data-unread]").textContent.trim();
    const answer = await fetch(bell.dataset.bell, {
      method: "POST",
      redirect: "manual",
      headers: { "X-CSRFToken": window.closeloop.csrfToken() },
      body: new URLSearchParams({ unread }),
    });
    // Logged out: the next click says so; what is being typed is left alone.
    if (answer.type === "opaqueredirect") return false;
    if (answer.status === 200) show(await answer.text());
    pause = answer.ok ? EVERY : Math.min(pause * 2, 600000);
    return true;
  };

  const wait = () => {
    clearTimeout(timer);
    if (document.visibilityState !== "visible") return;
    const left = Math.max(0, lastAsked() + pause - Date.now());
    timer = setTimeout(async () => {
      let goOn = true;
      try {
        goOn = await ask();
      } catch {
        pause = Math.min(pause * 2, 600000);
      }
      if (goOn) wait();
    }, left);
  };

  document.addEventListener("visibilitychange", wait);
  wait();
})();
