// The explorer: choose an experiment, a metric, variants; move along the axes of its grid. Its controls
// are not Vega's (`bind`), which set a parameter of one chart: three charts and a table share the state.
"use strict";
(() => {
  const section = document.querySelector(".explorer");
  const { known, element, draw: drawn, whenNear } = charts;
  const form = section.querySelector(".controls");
  const sliders = section.querySelector(".sliders");
  const SOLID = [1, 0];
  const DASHED = [5, 3];
  const MOST_VARIANTS = 3; // shown at first
  const WEIGHTS = { layer: 8, bar: 18 }; // pixels
  const state = { name: "", view: "", chosen: new Set(), at: [], along: 0 };
  const views = {}; // Vega's, by chart: {specification, view}

  const experiment = () => known.experiments[state.name];
  const metrics = () => known.views[state.view].metrics;
  const cellAt = (variant, at) => experiment().cells.find((cell) => cell.variant === variant && cell.at.every((place, axis) => place === at[axis]));
  const series = (variant) => experiment().styles[variant].colour;
  const dash = (variant, nth) => (metrics().length > 1 ? (nth ? DASHED : SOLID) : experiment().styles[variant].dashes);
  const lowered = (text) => text[0].toLowerCase() + text.slice(1);
  const number = (value, metric) => charts.number(value, known.metrics[metric].decimals);
  const named = (variant, metric) => {
    const label = experiment().variants[variant];
    return metrics().length > 1 ? `${label}, ${lowered(known.metrics[metric].label)}` : label;
  };
  const place = (at = state.at) => experiment().axes.map((axis, i) => `${axis.label} ${axis.values[at[i]]}`).join(", ");

  const chosen = () => [...state.chosen].sort((a, b) => a - b);
  // every curve that is shown: (variant, metric, its place among the metrics)
  const lines = () => chosen().flatMap((variant) => metrics().map((metric, nth) => [variant, metric, nth]));

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
          x: axis.scale === "names" ? name : axis.numbers[i],
          mean, low: low ?? mean, high: high ?? mean,
          line: `${variant}/${nth}`, colour: series(variant), dash: dash(variant, nth),
          tip: { title: place(at), rows: [[named(variant, metric), text]] },
        };
      }),
    );
  };
  const hereRows = () => {
    const axis = experiment().axes[state.along];
    const i = state.at[state.along];
    return [{ x: axis.scale === "names" ? axis.values[i] : axis.numbers[i] }];
  };

  const weightRows = () =>
    chosen().flatMap((variant) =>
      cellAt(variant, state.at).weights.map((quantiles, layer) => {
        const [q00, q01, q05, q25, q50, q75, q95, q99, q100] = quantiles;
        const range = (low, high) => `${low.toPrecision(2)} to ${high.toPrecision(2)}`.replaceAll("-", "−");
        const rows = quantiles.includes(null) ? [] : [["50 % of weights", range(q25, q75)], ["90 %", range(q05, q95)], ["98 %", range(q01, q99)], ["all", range(q00, q100)]];
        return { layer: `Layer ${layer + 1}`, variant: String(variant), colour: series(variant), q00, q01, q05, q25, q50, q75, q95, q99, q100, tip: { title: `${experiment().variants[variant]}, layer ${layer + 1}`, rows } };
      }),
    );

  const layers = () => Math.max(...experiment().cells.map((cell) => cell.weights.length));

  // Give a chart its rows and limits; it is made anew when its specification changes.
  const draw = async (chart, specification, [low, high], rows) => {
    const figure = section.querySelector(`.of-${chart}`);
    figure.hidden = !specification;
    if (!specification) return;
    if (views[chart]?.specification !== specification) {
      views[chart]?.view?.then((old) => old.finalize());
      const view = drawn(figure.querySelector(".chart"), specification, { low: { value: low }, high: { value: high } }, rows());
      views[chart] = { specification, view };
    }
    const view = await views[chart].view;
    view.signal("low", low).signal("high", high);
    for (const [name, values] of Object.entries(rows())) view.data(name, values);
    if (chart === "weights") view.height(WEIGHTS.layer * layers() + WEIGHTS.bar * layers() * Math.max(1, state.chosen.size));
    await view.runAsync();
  };

  const describe = (chart, caption, spoken) => {
    const figure = section.querySelector(`.of-${chart}`);
    figure.querySelector("figcaption").textContent = caption;
    figure.querySelector(".chart").setAttribute("aria-label", spoken);
  };

  const table = () => {
    const shown = ["train_accuracy", "test_accuracy", "gap"].filter((metric) => metric in experiment().cells[0].ends);
    const columns = [...new Set([...metrics(), ...shown])];
    const body = section.querySelector(".values tbody");
    section.querySelector(".values caption").textContent = `At the end of training${experiment().axes.length ? `, at ${place()}` : ""}: mean and 95% interval of ${experiment().seeds} seeds`;
    const heads = columns.map((metric) => element("th", { scope: "col", className: "number", textContent: known.metrics[metric].label }));
    section.querySelector(".values thead").replaceChildren(element("tr", {}, element("th", { scope: "col", textContent: "Variant" }), ...heads));
    body.replaceChildren(
      ...chosen().map((variant) => {
        const cell = cellAt(variant, state.at);
        const diverged = cell.diverged ? ` (${cell.diverged} of ${experiment().seeds} seeds diverged)` : "";
        const head = element("th", { scope: "row", textContent: experiment().variants[variant] + diverged, dir: "auto" });
        return element("tr", {}, head, ...columns.map((metric) => element("td", { className: "number", textContent: cell.ends[metric][3] })));
      }),
    );
  };

  const show = () => {
    const { axes, range, views: limits } = experiment();
    const view = known.views[state.view];
    const axis = axes[state.along];
    const styles = view.metrics.length > 1 ? " Solid is training, dashed is test." : "";
    const variants = chosen().map((variant) => experiment().variants[variant]).join(", ");
    const where = axes.length ? ` at ${place()}` : "";
    describe("curves", `${view.axis} over the epochs: mean and 95% interval of ${experiment().seeds} seeds.${styles}`, `Line chart of ${lowered(view.label)} over the epochs${where}, for ${variants || "no variant"}. Values of the last epoch are in the table below.`);
    if (axis) describe("ends", `${view.axis} at the end of training, along ${axis.label}.`, `Chart of ${lowered(view.label)} at the end of training along ${axis.label}, for ${variants || "no variant"}.`);
    if (range) describe("weights", "Weights of each layer at the end of training. From thick to thin: 50, 90, 98 and 100 % of them; the gap is the median.", `Ranges of the weights of each layer${where}, for ${variants || "no variant"}.`);
    section.querySelector(".charts").classList.toggle("alone", !axis && !range);
    table();
    const drawn = [
      draw("curves", "curves", limits[state.view], () => ({ curves: curveRows() })),
      draw("ends", axis && `ends-${axis.scale}`, limits[state.view], () => ({ ends: endRows(), here: hereRows() })),
      draw("weights", range && `weights-${range.scale}`, [-(range?.most ?? 1), range?.most ?? 1], () => ({ weights: weightRows() })),
    ];
    return Promise.all(drawn).then(() => section.setAttribute("data-drawn", `${state.name} ${state.view} ${state.at.join()}`));
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

  const listSliders = () => {
    sliders.replaceChildren(
      ...experiment().axes.map((axis, i) => {
        const output = element("output", { textContent: axis.values[state.at[i]] });
        const slider = element("input", { type: "range", min: 0, max: axis.values.length - 1, step: 1, value: state.at[i] });
        slider.setAttribute("aria-valuetext", axis.values[state.at[i]]);
        slider.addEventListener("input", () => {
          state.along = i;
          state.at[i] = Number(slider.value);
          output.textContent = axis.values[state.at[i]];
          slider.setAttribute("aria-valuetext", axis.values[state.at[i]]);
          show();
        });
        return element("label", {}, element("span", { textContent: axis.label }), slider, output);
      }),
    );
  };

  const choose = (name) => {
    const { variants, axes, views: limits } = known.experiments[name];
    Object.assign(state, { name, along: 0, chosen: new Set(variants.slice(0, MOST_VARIANTS).keys()) });
    state.at = axes.map((axis) => Math.floor((axis.values.length - 1) / 2));
    if (!(state.view in limits)) state.view = Object.keys(limits)[0];
    form.elements.view.replaceChildren(...Object.keys(limits).map((key) => element("option", { value: key, textContent: known.views[key].label, selected: key === state.view })));
    form.querySelector(".to-experiment").href = `#experiment-${name}`;
    listVariants();
    listSliders();
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target.name === "experiment") choose(target.value);
    if (target.name === "view") {
      state.view = target.value;
      listVariants();
    }
    if (target.name === "variant") state.chosen[target.checked ? "add" : "delete"](Number(target.value));
    show();
  });

  const names = Object.keys(known.experiments);
  const best = ["range", "axes"].map((key) => (name) => known.experiments[name].axes.length && known.experiments[name][key]);
  const first = names.find(best[0]) ?? names.find(best[1]) ?? names[0];
  section.querySelector(".without").hidden = true;
  section.querySelector(".workbench").hidden = false;
  form.elements.experiment.value = first;
  choose(first);
  whenNear(section.querySelector(".workbench"), show);
})();
