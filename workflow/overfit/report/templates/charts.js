// What the explorer's charts share: its data, how Vega draws them, the values at the pointer, a state in
// the address. It is a promise, because the data are compressed.
"use strict";
const charts = (async () => {
  const packed = Uint8Array.from(atob(document.getElementById("explorer-data").textContent), (one) => one.charCodeAt(0));
  const known = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // A value in its displayed unit; without decimals, three significant digits.
  const number = (value, decimals) => {
    if (value === null || value === undefined) return "–";
    const exponent = value ? Math.floor(Math.log10(Math.abs(value))) : 0;
    if (decimals === null && (exponent < -4 || exponent > 4)) return value.toPrecision(3).replaceAll("-", "−");
    const digits = decimals ?? Math.max(0, 2 - exponent);
    const text = value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return text.replace("-", "−");
  };

  const showTip = (handler, event, item, value) => {
    tip.hidden = !value;
    if (!value) return;
    const rows = value.rows.map(([name, text]) => element("tr", {}, element("th", { scope: "row", textContent: name, dir: "auto" }), element("td", { textContent: text })));
    tip.replaceChildren(element("strong", { textContent: value.title, dir: "auto" }), element("table", {}, element("tbody", {}, ...rows)));
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 4))}px`;
    tip.style.top = `${event.clientY + height + 20 > innerHeight ? event.clientY - height - 10 : event.clientY + 14}px`;
  };

  // A chart with its first rows and parameters: without them scales have nothing to go by.
  const draw = (chart, specification, values, rows, more = {}) => {
    const first = {
      ...known.charts[specification],
      datasets: rows,
      params: known.charts[specification].params.map((one) => ({ ...one, ...values[one.name] })),
    };
    const options = { ast: true, actions: false, renderer: "svg", logLevel: 1, config: { font: getComputedStyle(document.body).fontFamily }, tooltip: showTip, ...more };
    // The chart is an image with a label; Vega's own roles inside it would only be in the way.
    const inside = element("div", { ariaHidden: "true" });
    chart.replaceChildren(inside);
    return vegaEmbed(inside, first, options).then((made) => made.view);
  };

  // A state in the address, `#ANCHOR?KEY=VALUE`: null if the address leads elsewhere.
  const read = (anchor) => {
    const [place, query] = location.hash.slice(1).split("?");
    return place === anchor && query !== undefined ? new URLSearchParams(query) : null;
  };
  const write = (anchor, values) => {
    const query = Object.entries(values).map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",")}`);
    history.replaceState(null, "", `#${anchor}?${query.join("&")}`);
  };
  // Call a function with the state in the address, now and whenever a link leads to another one.
  const follow = (anchor, go) => {
    const look = () => {
      const state = read(anchor);
      if (state) go(state);
    };
    addEventListener("hashchange", look);
    look();
  };

  // Not before somebody comes near: charts take a moment, and the page opens without them.
  const whenNear = (part, show) => {
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      show();
    }, { rootMargin: "600px" });
    near.observe(part);
  };

  return { known, element, number, draw, write, follow, whenNear };
})();
