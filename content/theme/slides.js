// Moves through the slides: each key shows the next part, then the next slide. Without this script all slides stand below each other.
(() => {
  const slides = [...document.querySelectorAll(".slide")];
  const steps = (slide) => [...slide.querySelectorAll("[data-step]")];
  let now = 0;
  let shown = 0;

  const fit = () => {
    const slide = slides[now];
    let factor = 1;
    const set = () => document.body.style.setProperty("--fit", String(factor));
    set();
    while (factor > 0.62 && slide.scrollHeight > slide.clientHeight + 1) {
      factor -= 0.04;
      set();
    }
  };
  const show = () => {
    slides.forEach((slide, i) => slide.classList.toggle("now", i === now));
    steps(slides[now]).forEach((part, i) => part.classList.toggle("shown", i < shown));
    fit();
    history.replaceState(null, "", `#${now + 1}`);
  };
  const go = (index, all) => {
    now = Math.min(Math.max(index, 0), slides.length - 1);
    shown = all ? steps(slides[now]).length : 0;
    show();
    slides[now].scrollTop = all ? slides[now].scrollHeight : 0;
  };
  // What is too long for the smallest readable letters: a key first shows the rest of it.
  const hasMore = (slide) => slide.scrollTop + slide.clientHeight < slide.scrollHeight - 2;
  const next = () => {
    const slide = slides[now];
    if (shown < steps(slide).length) {
      shown++;
      show();
      steps(slide)[shown - 1].scrollIntoView({ block: "nearest" });
    } else if (hasMore(slide)) slide.scrollBy(0, slide.clientHeight * 0.85);
    else if (now < slides.length - 1) go(now + 1, false);
  };
  const back = () => {
    const slide = slides[now];
    if (shown === steps(slide).length && slide.scrollTop > 0) slide.scrollBy(0, -slide.clientHeight * 0.85);
    else if (shown > 0) {
      shown--;
      show();
    } else if (now > 0) go(now - 1, true);
  };

  const keys = {
    ArrowRight: next,
    ArrowDown: next,
    PageDown: next,
    " ": next,
    Enter: next,
    ArrowLeft: back,
    ArrowUp: back,
    PageUp: back,
    Backspace: back,
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move =
      event.key === "Home"
        ? () => go(0, false)
        : event.key === "End"
          ? () => go(slides.length - 1, true)
          : keys[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  });
  addEventListener("resize", fit);
  document.body.classList.add("live");
  go(Number(location.hash.slice(1)) - 1 || 0, false);
})();
