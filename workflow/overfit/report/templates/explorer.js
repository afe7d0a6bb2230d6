// The explorer: choose an experiment, a metric, variants; move along the axes of its grid. Its controls
// are not Vega's (`bind`), which set a parameter of one chart: three charts and a table share the state.
"use strict";
(async () => {
  const section = document.querySelector(".explorer");
  const { known, element, number: written, draw: drawn, write, follow, whenNear } = await charts;
  const form = section.querySelector(".controls");
  const sliders = section.querySelector(".sliders");
  const SOLID = [1, 0];
  const DASHED = [5, 3];
  const MOST_VARIANTS = 3; // shown at first
  const [LOW, HIGH, ALL] = [34, 90, 420]; // pixels: the density of a layer and variant, and all of them
  const MASSES = [0.01, 0.04, 0.2, 0.25, 0.25, 0.2, 0.04, 0.01]; // of weights between two quantiles
  const OF_SEEDS = ["train_accuracy", "test_accuracy"];
  const PAIRED = [...OF_SEEDS, "gap"]; // metrics with a value of each seed
  const state = { name: "", view: "", chosen: new Set(), at: [], along: 0, seeds: false, pin: null };
  const views = {}; // Vega's, by chart: {specification, view}

  const experiment = () => known.experiments[state.name];
  const metrics = () => known.views[state.view].metrics;
  const cellAt = (variant, at) => experiment().cells.find((cell) => cell.variant === variant && cell.at.every((place, axis) => place === at[axis]));
  const series = (variant) => experiment().styles[variant].colour;
  const dash = (variant, nth) => (metrics().length > 1 ? (nth ? DASHED : SOLID) : experiment().styles[variant].dashes);
  const lowered = (text) => text[0].toLowerCase() + text.slice(1);
  const number = (value, metric) => written(value, known.metrics[metric].decimals);
  const named = (variant, metric) => {
    const label = experiment().variants[variant];
    return metrics().length > 1 ? `${label}, ${lowered(known.metrics[metric].label)}` : label;
  };
  const place = (at = state.at) => experiment().axes.map((axis, i) => `${axis.label} ${axis.values[at[i]]}`).join(", ");

  const chosen = () => [...state.chosen].sort((a, b) => a - b);
  // every curve that is shown: (variant, metric, its place among the metrics)
  const lines = () => chosen().flatMap((variant) => metrics().map((metric, nth) => [variant, metric, nth]));

  // What `packed` has written: values in percent, null where a seed has none.
  const unpacked = (text, digits) =>
    (text.match(new RegExp(`.{${digits}}`, "g")) ?? []).map((one) => (one.startsWith(".") ? null : parseInt(one, 36) / 10 ** (digits - 1)));
  // The values of each seed by an array of both accuracies: the gap is their difference.
  const ofSeeds = (metric, both) => {
    if (metric !== "gap") return both(metric);
    const [train, test] = OF_SEEDS.map(both);
    return train.map((one, i) => (one === null || test[i] === null ? null : one - test[i]));
  };
  const finals = (cell, metric) => ofSeeds(metric, (name) => unpacked(cell.finals[name], 3));

  const seedRows = () =>
    lines().flatMap(([variant, metric, nth]) => {
      if (!state.seeds || !PAIRED.includes(metric)) return [];
      const cell = cellAt(variant, state.at);
      const epochs = experiment().points[cell.epochs].map((i) => experiment().schedules[cell.epochs][i]);
      return cell.seeds.test_accuracy.flatMap((_, seed) =>
        ofSeeds(metric, (name) => unpacked(cell.seeds[name][seed], 2))
          .map((mean, i) => ({ epoch: epochs[i], mean, line: `${variant}/${nth}/${seed}`, colour: series(variant), dash: dash(variant, nth) }))
          .filter((row) => row.mean !== null),
      );
    });

  const ghostRows = () =>
    (state.pin?.variants ?? []).flatMap((variant) =>
      metrics().flatMap((metric, nth) => {
        const cell = cellAt(variant, state.pin.at);
        return cell.curves[metric][0].map((mean, i) => ({ epoch: experiment().schedules[cell.epochs][i], mean, line: `${variant}/${nth}`, colour: series(variant), dash: dash(variant, nth) }));
      }),
    );

  // The variant that the pinned setting compares with this one: the same, or the only one.
  const pinned = (variant) => {
    const { variants, at } = state.pin ?? { variants: [] };
    const other = variants.includes(variant) ? variant : variants.length === 1 ? variants[0] : null;
    return other === null ? null : cellAt(other, at);
  };
  // Mean and t interval of the differences from the pinned setting, seed by seed.
  const difference = (variant, metric) => {
    const cell = cellAt(variant, state.at);
    const other = pinned(variant);
    if (!other || other === cell || !PAIRED.includes(metric)) return null;
    const there = finals(other, metric);
    const paired = finals(cell, metric).map((one, i) => (one === null || there[i] === null ? null : one - there[i])).filter((one) => one !== null);
    const n = paired.length;
    if (n < 2) return null;
    const mean = paired.reduce((sum, one) => sum + one, 0) / n;
    const reach = experiment().t[n] * Math.sqrt(paired.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (n - 1) / n);
    return `${mean > 0 ? "+" : ""}${number(mean, metric)} [${number(mean - reach, metric)}, ${number(mean + reach, metric)}]`;
  };

  const curveRows = () => {
    const rows = [];
    const tips = new Map();
    for (const [variant, metric, nth] of lines()) {
      const cell = cellAt(variant, state.at);
      const [means, lows, highs] = cell.curves[metric];
      means.forEach((mean, i) => {
        const epoch = experiment().schedules[cell.epochs][i];
        if (!tips.has(epoch)) tips.set(epoch, { title: `Epoch ${epoch}`, rows: [] });
        // At the end the text of the tables: another rounding could give another last digit.
        const text = i === means.length - 1 ? cell.ends[metric][3] : `${number(mean, metric)} [${number(lows[i], metric)}, ${number(highs[i], metric)}]`;
        tips.get(epoch).rows.push([named(variant, metric), text]);
        rows.push({ epoch, mean, low: lows[i] ?? mean, high: highs[i] ?? mean, line: `${variant}/${nth}`, colour: series(variant), dash: dash(variant, nth), tip: tips.get(epoch) });
      });
    }
    return rows;
  };

  const endRows = () => {
    const axis = experiment().axes[state.along];
    return lines().flatMap(([variant, metric, nth]) =>
      axis.values.map((name, i) => {
        const at = state.at.with(state.along, i);
        const [mean, low, high, text] = cellAt(variant, at).ends[metric];
        return {
          x: axis.places[i], mean, low: low ?? mean, high: high ?? mean,
          line: `${variant}/${nth}`, colour: series(variant), dash: dash(variant, nth),
          tip: { title: place(at), rows: [[named(variant, metric), text]] },
        };
      }),
    );
  };
  const hereRows = () => [{ x: experiment().axes[state.along].places[state.at[state.along]] }];

  // The density between two quantiles is the share of weights there by their distance on the axis.
  const densities = () => {
    const { scale, most } = experiment().range;
    const across = (w) => (scale === "symlog" ? Math.sign(w) * Math.log1p(Math.abs(w) / known.symlog) : w);
    const narrowest = across(most) / 200;
    const weights = [];
    const layers = [];
    let row = 0;
    const depth = Math.max(...chosen().map((variant) => cellAt(variant, state.at).weights.length), 0);
    for (let layer = 0; layer < depth; layer++) {
      for (const variant of chosen()) {
        const cell = cellAt(variant, state.at);
        const quantiles = cell.weights[layer] ?? [null];
        const zeros = cell.zeros[layer];
        const name = `${experiment().variants[variant]}, layer ${layer + 1}`;
        const share = zeros === null || zeros === undefined ? "" : `${number(zeros, "train_accuracy")} % zeros`;
        layers.push({ row: row + 0.04, low: -most, high: most, layer: row % state.chosen.size === 0 ? `Layer ${layer + 1}` : "", zeros: zeros ? share : "" });
        if (!quantiles.includes(null)) {
          const [q00, q01, q05, q25, q50, q75, q95, q99, q100] = quantiles;
          const range = (low, high) => `${low.toPrecision(2)} to ${high.toPrecision(2)}`.replaceAll("-", "−");
          const rows = [["50 % of weights", range(q25, q75)], ["90 %", range(q05, q95)], ["98 %", range(q01, q99)], ["all", range(q00, q100)], ["median", q50.toPrecision(2).replace("-", "−")]];
          if (share) rows.push(["exact zeros", share.replace(" zeros", "")]);
          const steps = MASSES.map((mass, i) => mass / Math.max(narrowest, across(quantiles[i + 1]) - across(quantiles[i])));
          const peak = Math.max(...steps);
          steps.forEach((step, i) => weights.push({ low: quantiles[i], high: quantiles[i + 1], base: row + 1, top: row + 1 - (0.92 * step) / peak, colour: series(variant), tip: { title: name, rows } }));
        }
        row++;
      }
    }
    return { weights, layers };
  };

  // Give a chart its rows and parameters; it is made anew when its specification changes.
  const draw = async (chart, specification, values, rows, height) => {
    const figure = section.querySelector(`.of-${chart}`);
    figure.hidden = !specification;
    if (!specification) return;
    if (views[chart]?.specification !== specification) {
      views[chart]?.view?.then((old) => old.finalize());
      const first = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
      const view = drawn(figure.querySelector(".chart"), specification, first, rows());
      views[chart] = { specification, view };
    }
    const view = await views[chart].view;
    for (const [name, value] of Object.entries(values)) view.signal(name, value);
    for (const [name, values] of Object.entries(rows())) view.data(name, values);
    if (height) view.height(height);
    await view.runAsync();
  };

  const describe = (chart, caption, spoken) => {
    const figure = section.querySelector(`.of-${chart}`);
    figure.querySelector("figcaption").textContent = caption;
    figure.querySelector(".chart").setAttribute("aria-label", spoken);
  };

  const pinText = () => [place(state.pin.at), state.pin.variants.map((variant) => experiment().variants[variant]).join(" and ")].filter(Boolean).join(", ");

  const table = () => {
    const shown = ["train_accuracy", "test_accuracy", "gap"].filter((metric) => metric in experiment().cells[0].ends);
    const columns = [...new Set([...metrics(), ...shown])];
    const body = section.querySelector(".values tbody");
    section.querySelector(".values caption").textContent = `At the end of training${experiment().axes.length ? `, at ${place()}` : ""}: mean and 95% interval of ${experiment().seeds} seeds${state.pin ? `; below them the differences from the pinned setting, ${pinText()}, seed by seed with 95% t intervals` : ""}`;
    const heads = columns.map((metric) => element("th", { scope: "col", className: "number", textContent: known.metrics[metric].label }));
    section.querySelector(".values thead").replaceChildren(element("tr", {}, element("th", { scope: "col", textContent: "Variant" }), ...heads));
    body.replaceChildren(
      ...chosen().map((variant) => {
        const cell = cellAt(variant, state.at);
        const diverged = cell.diverged ? ` (${cell.diverged} of ${experiment().seeds} seeds diverged)` : "";
        const head = element("th", { scope: "row", textContent: experiment().variants[variant] + diverged, dir: "auto" });
        const values = columns.map((metric) => {
          const change = difference(variant, metric);
          const more = change ? [element("br"), element("span", { className: "change", textContent: change })] : [];
          return element("td", { className: "number" }, cell.ends[metric][3], ...more);
        });
        return element("tr", {}, head, ...values);
      }),
    );
  };

  const show = () => {
    const { axes, cells, range, views: limits } = experiment();
    const view = known.views[state.view];
    const axis = axes[state.along];
    const styles = view.metrics.length > 1 ? " Solid is training, dashed is test." : "";
    const variants = chosen().map((variant) => experiment().variants[variant]).join(", ");
    const where = axes.length ? ` at ${place()}` : "";
    describe("curves", `${view.axis} over the epochs: mean and 95% interval of ${experiment().seeds} seeds.${styles}`, `Line chart of ${lowered(view.label)} over the epochs${where}, for ${variants || "no variant"}. Values of the last epoch are in the table below.`);
    if (axis) describe("ends", `${view.axis} at the end of training, along ${axis.label}.`, `Chart of ${lowered(view.label)} at the end of training along ${axis.label}, for ${variants || "no variant"}.`);
    if (range) describe("weights", "Density of the weights of each layer at the end of training, between nine quantiles; each has its own height.", `Densities of the weights of each layer${where}, for ${variants || "no variant"}.`);
    section.querySelector(".charts").classList.toggle("alone", !axis && !range);
    table();
    const [low, high] = limits[state.view];
    const ends = axis && { low, high, places: axis.places, names: axis.values };
    const strips = Math.max(1, state.chosen.size) * Math.max(...cells.map((cell) => cell.weights.length));
    const all = [
      draw("curves", "curves", { low, high }, () => ({ curves: curveRows(), ghosts: ghostRows(), seeds: seedRows() })),
      draw("ends", axis && "ends", ends, () => ({ ends: endRows(), here: hereRows() })),
      draw("weights", range && `weights-${range.scale}`, { low: -(range?.most ?? 1), high: range?.most ?? 1, rows: strips }, densities, strips * Math.max(LOW, Math.min(HIGH, ALL / strips))),
    ];
    return Promise.all(all).then(() => section.setAttribute("data-drawn", `${state.name} ${state.view} ${state.at.join()}`));
  };

  const swatch = (variant) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of Object.entries({ width: 24, height: 12, "aria-hidden": "true" })) svg.setAttribute(name, value);
    line.setAttribute("d", "M0 6H24");
    line.setAttribute("style", `fill: none; stroke-width: 3; stroke: ${series(variant)}`);
    if (metrics().length === 1) line.setAttribute("stroke-dasharray", dash(variant, 0).join(" "));
    svg.append(line);
    return svg;
  };

  const listVariants = () => {
    const boxes = experiment().variants.map((label, variant) => {
      const box = element("input", { type: "checkbox", name: "variant", value: variant, checked: state.chosen.has(variant) });
      return element("label", {}, box, swatch(variant), element("bdi", { textContent: label }));
    });
    form.querySelector(".variants").replaceChildren(element("legend", { textContent: "Variants" }), ...boxes);
  };

  const STEPS = 1000; // of a slider, whose points are at their true places
  const listSliders = () => {
    sliders.replaceChildren(
      ...experiment().axes.map((axis, i) => {
        const at = (point) => Math.round(axis.places[point] * STEPS);
        const rising = [...axis.places.keys()].sort((a, b) => axis.places[a] - axis.places[b]);
        const output = element("output");
        const ticks = element("datalist", { id: `points-${i}` }, ...rising.map((point) => element("option", { value: at(point) })));
        const slider = element("input", { type: "range", min: 0, max: STEPS, step: 1 });
        slider.setAttribute("list", ticks.id);
        const put = (point) => {
          state.at[i] = point;
          slider.value = at(point);
          output.textContent = axis.values[point];
          slider.setAttribute("aria-valuetext", axis.values[point]);
        };
        const move = (point) => {
          state.along = i;
          const before = state.at[i];
          put(point);
          if (point !== before) changed();
        };
        slider.addEventListener("input", () => move(rising.reduce((best, point) => (Math.abs(at(point) - slider.value) < Math.abs(at(best) - slider.value) ? point : best))));
        // A key goes to the next point, however far it is.
        slider.addEventListener("keydown", (event) => {
          const here = rising.indexOf(state.at[i]);
          const last = rising.length - 1;
          const to = { ArrowRight: here + 1, ArrowUp: here + 1, PageUp: here + 1, ArrowLeft: here - 1, ArrowDown: here - 1, PageDown: here - 1, Home: 0, End: last }[event.key];
          if (to === undefined) return;
          event.preventDefault();
          move(rising[Math.min(last, Math.max(0, to))]);
        });
        put(state.at[i]);
        return element("label", {}, element("span", { textContent: axis.label }), slider, output, ticks);
      }),
    );
  };

  const choose = (name, values = new URLSearchParams()) => {
    const { variants, axes, views: limits } = known.experiments[name];
    // Numbers in an address that are places in lists: those that exist.
    const among = (text, list) => text.split(",").filter((one) => /^\d+$/.test(one) && one in list).map(Number);
    const point = (text) => {
      const found = (text ?? "").split(",").map(Number);
      const middle = axes.map((axis) => Math.floor((axis.values.length - 1) / 2));
      return axes.map((axis, i) => (text && found[i] in axis.values ? found[i] : middle[i]));
    };
    const shown = values.has("variants") ? among(values.get("variants"), variants) : [...variants.keys()].slice(0, MOST_VARIANTS);
    const [pinAt, pinVariants] = (values.get("pin") ?? "").split(":");
    const pin = pinVariants ? { at: point(pinAt), variants: among(pinVariants, variants) } : null;
    Object.assign(state, { name, along: 0, chosen: new Set(shown), at: point(values.get("at")), seeds: values.get("seeds") === "1", pin });
    if (values.has("metric")) state.view = values.get("metric");
    if (!(state.view in limits)) state.view = Object.keys(limits)[0];
    form.elements.experiment.value = name;
    form.elements.seeds.checked = state.seeds;
    form.elements.view.replaceChildren(...Object.keys(limits).map((key) => element("option", { value: key, textContent: known.views[key].label, selected: key === state.view })));
    form.querySelector(".to-experiment").href = `#experiment-${name}`;
    listVariants();
    listSliders();
    showPin();
  };

  const showPin = () => {
    section.querySelector(".pinned").textContent = state.pin ? `Pinned: ${pinText()}` : "";
    form.querySelector(".unpin").hidden = !state.pin;
  };
  const keep = () => {
    const values = { experiment: state.name, metric: state.view, variants: chosen().join() };
    if (state.at.length) values.at = state.at.join();
    if (state.seeds) values.seeds = 1;
    if (state.pin) values.pin = `${state.pin.at.join()}:${state.pin.variants.join()}`;
    write("explorer", values);
  };
  // Show what somebody has chosen, and keep it in the address.
  const changed = () => {
    keep();
    return show();
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target.name === "experiment") choose(target.value);
    if (target.name === "view") {
      state.view = target.value;
      listVariants();
    }
    if (target.name === "variant") state.chosen[target.checked ? "add" : "delete"](Number(target.value));
    if (target.name === "seeds") state.seeds = target.checked;
    changed();
  });
  form.querySelector(".pin").addEventListener("click", () => {
    state.pin = { at: [...state.at], variants: chosen() };
    showPin();
    changed();
  });
  form.querySelector(".unpin").addEventListener("click", () => {
    state.pin = null;
    showPin();
    changed();
  });

  const names = Object.keys(known.experiments);
  const best = ["range", "axes"].map((key) => (name) => known.experiments[name].axes.length && known.experiments[name][key]);
  const first = names.find(best[0]) ?? names.find(best[1]) ?? names[0];
  section.querySelector(".without").hidden = true;
  section.querySelector(".workbench").hidden = false;
  choose(first);
  whenNear(section.querySelector(".workbench"), show);
  follow("explorer", (values) => {
    choose(names.includes(values.get("experiment")) ? values.get("experiment") : first, values);
    show();
  });
})();
