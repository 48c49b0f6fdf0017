"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);

  // A link into a closed dossier opens it.
  const openTarget = () => {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = id && document.getElementById(id);
    const dossier = target && target.closest("details");
    if (dossier && !dossier.open) { dossier.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", openTarget);
  openTarget();

  // plotly.js lies packed in the page; the policy allows it by its hash.
  let loading = null;
  const plotly = () => loading ??= (async () => {
    const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent.trim()), c => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
    return window.Plotly;
  })();

  const inked = value => {
    const style = getComputedStyle(document.documentElement);
    const walk = item => Array.isArray(item) ? item.map(walk)
      : item && typeof item === "object" ? Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, walk(inner)]))
      : typeof item === "string" && data.inks[item] ? style.getPropertyValue(data.inks[item]).trim() : item;
    return walk(value);
  };

  const draw = async place => {
    const library = await plotly();
    if (!library) return;
    const live = place.querySelector(".live");
    const figure = inked(data.figures[place.dataset.figure]);
    live.hidden = false;
    figure.layout.width = live.clientWidth;
    await library.react(live, figure.data, figure.layout, { displayModeBar: false, scrollZoom: false, doubleClick: false });
    place.classList.add("drawn");
    if (place.dataset.ready) return;
    place.dataset.ready = "1";
    live.on("plotly_click", event => {
      const id = event.points[0] && event.points[0].customdata;
      if (typeof id === "string" && document.getElementById("p-" + id)) location.hash = "p-" + id;
    });
    const choice = place.querySelector("select");
    if (choice) {
      choice.closest("label").hidden = false;
      choice.addEventListener("change", () => {
        const lines = live.data.map((trace, index) => index).filter(index => live.data[index].fill === "toself");
        const strength = lines.map(index => !choice.value ? 0.32 : live.data[index].name === choice.value ? 0.6 : 0.05);
        library.restyle(live, { opacity: strength }, lines);
      });
    }
  };

  const places = [...document.querySelectorAll("[data-figure]")].filter(place => data.figures[place.dataset.figure]);
  if (!places.length || !("DecompressionStream" in window)) return;
  const redraw = () => places.filter(place => place.dataset.ready).forEach(place => draw(place).catch(() => {}));
  const watch = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (entry.isIntersecting) { watch.unobserve(entry.target); draw(entry.target).catch(() => entry.target.classList.remove("drawn")); }
    }
  }, { rootMargin: "300px" });
  places.forEach(place => watch.observe(place));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(redraw, 150); });
})();
