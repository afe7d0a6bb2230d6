// Decision boundaries: a map for each variant, all at the same evaluation and seed.
"use strict";
(async () => {
  const { known, element, draw, write, follow, whenNear } = await charts;
  const part = document.querySelector(".planes");
  if (!part) return;
  const form = part.querySelector(".controls");
  const { experiment, seed, evaluation } = form.elements;
  const CLASSES = 4; // that have a colour of their own
  const colour = (of, on = "class") => `var(--${on}-${of % CLASSES})`;
  const OVERLAP = 1.06; // of cells, so that no line is between them
  let one = null;
  let views = [];

  // The runs of equal classes, `0x12,1x3`, as rectangles: a run ends with its row.
  const rectangles = (text, more) => {
    const { side, low, high } = one;
    const [width, height] = low.map((least, i) => (high[i] - least) / (side - 1));
    const found = [];
    let cell = 0;
    for (const run of text.split(",")) {
      const [of, count] = run.split("x").map(Number);
      for (let left = count; left > 0; ) {
        const column = cell % side;
        const row = Math.floor(cell / side);
        const length = Math.min(left, side - column);
        const from = low[0] + (column - 0.5) * width;
        const below = low[1] + (row - 0.5) * height;
        found.push({ from, to: from + length * width, below, above: below + height * OVERLAP, colour: colour(of, "map"), ...more });
        cell += length;
        left -= length;
      }
    }
    return found;
  };

  const show = async () => {
    const signals = { evaluation: Number(evaluation.value), seed: Number(seed.value) };
    form.querySelector("output").value = one.updates[signals.evaluation];
    evaluation.setAttribute("aria-valuetext", `${one.updates[signals.evaluation]} updates`);
    const all = await Promise.all(views);
    await Promise.all(all.map((view) => view.signal("evaluation", signals.evaluation).signal("seed", signals.seed).runAsync()));
    part.dataset.drawn = [experiment.value, signals.seed, signals.evaluation].join(" ");
  };

  const choose = (which, values = new URLSearchParams()) => {
    one = known.planes[which] ?? known.planes[0];
    experiment.value = known.planes.indexOf(one);
    seed.replaceChildren(...one.seeds.map((name, i) => element("option", { value: i, textContent: name })));
    seed.value = Number(values.get("seed")) in one.seeds ? Number(values.get("seed")) : 0;
    evaluation.max = one.updates.length - 1;
    evaluation.value = values.get("evaluation") ?? one.updates.length - 1;
    for (const view of views) view.then((old) => old.finalize());
    const examples = one.examples.flatMap((of, i) => of.map(([x, y, label]) => ({ x, y, colour: colour(label), seed: i })));
    const figures = one.variants.map((label) => {
      const chart = element("div", { className: "chart" });
      chart.setAttribute("role", "img");
      chart.setAttribute("aria-label", `Map of the predicted classes, ${label}`);
      return element("figure", {}, element("figcaption", { textContent: label, dir: "auto" }), chart);
    });
    part.querySelector(".maps").replaceChildren(...figures);
    const [low, bottom] = one.low;
    const [high, top] = one.high;
    const params = Object.fromEntries(Object.entries({ low, high, bottom, top }).map(([name, value]) => [name, { value }]));
    views = one.maps.map((seeds, i) => {
      const runs = seeds.flatMap((maps, s) => maps.flatMap((map, e) => rectangles(map, { seed: s, evaluation: e })));
      return draw(figures[i].querySelector(".chart"), "plane", params, { runs, examples });
    });
    return show();
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target === experiment) choose(experiment.value);
    else show();
    write("planes", { experiment: experiment.value, seed: seed.value, evaluation: evaluation.value });
  });
  part.hidden = false;
  follow("planes", (values) => choose(values.get("experiment"), values));
  whenNear(part, () => one || choose(0));
})();
