// Decide for yourself. The sliders are Vega's (`bind`), which move the chart; this script chooses the claim
// and says the verdict in words. It has no rule: the verdict on each choice is in the page's data.
"use strict";
(async () => {
  const { known, element, number, draw, write, follow, whenNear } = await charts;
  const part = document.querySelector(".decide");
  if (!part) return;
  const form = part.querySelector(".controls");
  const chart = part.querySelector(".chart");
  const told = part.querySelector(".told");
  const LETTERS = Object.fromEntries(Object.keys(known.verdicts).map((verdict) => [verdict[0], verdict]));
  const SIDES = { above: "to the right of", below: "to the left of", within: "inside" };
  const ROWS = [0.26, 0.95]; // of the seeds, from the first to the last; the interval is below them
  const CHOSEN = ["margin", "seeds", "without", "guess", "shown"];
  let claim = null;
  let view = null;
  let drawing = null;

  const nearest = (values, value) => values.reduce((best, one, i) => (Math.abs(one - value) < Math.abs(values[best] - value) ? i : best), 0);
  const text = (value, of = claim) => {
    const written = number(value, of.decimals);
    return of.prefix + (of.signed && value > 0 ? "+" : "") + written;
  };
  const withUnit = (value) => `${text(value)} ${claim.unit}`.trim();
  const range = (low, high) => `[${number(low, claim.decimals)}, ${number(high, claim.decimals)}]`;
  const margin = (value) => (claim.of_margin === "factor" ? `a factor of ${number(value, claim.decimals)}` : `${number(value, claim.decimals)} ${claim.of_margin}`.trim());
  const verdict = (runs, place) => {
    let end = 0;
    for (const [, letter, count] of runs.matchAll(/([a-z])(\d+)/g)) if (place < (end += Number(count))) return LETTERS[letter];
    return null;
  };

  const defaults = () => ({ margin: claim.margins[claim.margin], seeds: claim.numbers[1], without: -1, guess: claim.null, shown: false });
  const chosen = () => Object.fromEntries(CHOSEN.map((name) => [name, view.signal(name)]));

  // What the data say about a choice.
  const found = ({ margin, seeds, without }) => {
    const [, , estimate, low, high, runs] = claim.ways.find(([n, left]) => n === seeds && left === (without < seeds ? without : -1));
    return { estimate, low, high, verdict: verdict(runs, nearest(claim.margins, margin)) };
  };

  const badge = (verdict) => part.querySelector(`.badges .${verdict}`).cloneNode(true);

  const tell = () => {
    const now = chosen();
    const { estimate, low, high, verdict } = found(now);
    part.dataset.drawn = [claim.claim, nearest(claim.margins, now.margin), now.seeds, now.without, now.shown].join(" ");
    if (!now.shown) {
      told.replaceChildren(`How large do you think the ${claim.noun} is? Move your guess, then show the result.`);
      return;
    }
    const left = now.without >= 0 && now.without < now.seeds;
    const which = `${now.seeds === claim.numbers[1] ? `all ${now.seeds}` : `the first ${now.seeds}`} seeds${left ? ` without seed ${claim.seeds[now.without]}` : ""}`;
    const mean = low === null ? "there is no interval" : `the ${claim.noun} is ${text(estimate)} ${range(low, high)} ${claim.unit}`.trim();
    const lines = [
      element("p", {}, badge(verdict), element("strong", { textContent: ` With ${which}, ${mean}.` })),
      element("p", { className: "detail", textContent: `${verdict[0].toUpperCase()}${verdict.slice(1)}, with a margin of ${margin(now.margin)}: ${known.verdicts[verdict]}. In the report: ${claim.report.text}, ${claim.report.verdict}. ${claim.report.beyond}`.trim() }),
    ];
    if (now.guess !== claim.null) lines.push(element("p", { className: "detail", textContent: `You guessed ${withUnit(now.guess)}.` }));
    told.replaceChildren(...lines);
  };

  const bound = (name, binding) => ({ value: undefined, bind: { name, ...binding } });

  const start = (values) => {
    const [least, most, every] = claim.numbers;
    const { margins, limits } = claim;
    const step = margins.length > 1 ? margins[1] - margins[0] : 1;
    const label = claim.of_margin && claim.of_margin !== "factor" ? ` (${claim.of_margin})` : claim.of_margin ? " (a factor)" : "";
    const params = {
      margin: bound(`Margin${label}`, { input: "range", min: margins[0], max: margins.at(-1), step }),
      seeds: bound("Seeds", { input: "range", min: least, max: most, step: every }),
      without: bound("Without seed", { input: "select", options: [-1, ...claim.seeds.keys()], labels: ["none", ...claim.seeds.map(String)] }),
      guess: bound(`Your guess${claim.unit ? ` (${claim.unit})` : ""}`, { input: "range", min: claim.guesses[0], max: claim.guesses[1], step: claim.guesses[2] }),
      shown: bound("Show the result", { input: "checkbox" }),
      step: { value: step },
      low: { value: limits[0] },
      high: { value: limits[1] },
      origin: { value: claim.null },
    };
    const all = { ...defaults(), ...values };
    for (const name of CHOSEN) params[name].value = all[name];
    const last = Math.max(1, claim.seeds.length - 1);
    const rows = {
      bands: claim.bands.map(([low, high], i) => ({ margin: margins[i], least: low, most: high })),
      one: [{}],
      alone: claim.alone.map((value, place) => ({
        place, value, row: ROWS[1] - ((ROWS[1] - ROWS[0]) * place) / last,
        tip: { title: `Seed ${claim.seeds[place]}`, rows: [[claim.noun, withUnit(value)]] },
      })),
      ways: claim.ways.map(([n, without, estimate, low, high]) => ({
        n, without, estimate, low, high,
        tip: { title: `${n - (without >= 0)} seeds`, rows: low === null ? [] : [[claim.noun, `${withUnit(estimate)} ${range(low, high)}`]] },
      })),
    };
    part.querySelector(".compared").textContent = `${claim.compares}. The claim expects the ${claim.noun} ${SIDES[claim.side]} the band.`;
    chart.setAttribute("aria-label", `The ${claim.noun} according to each seed, its 95% interval, and the margin around no effect. The verdict is in the text below.`);
    const bind = part.querySelector(".bindings");
    bind.replaceChildren();
    view?.finalize();
    view = null;
    const own = (drawing = draw(chart, `decide-${claim.scale}`, params, rows, { bind }));
    own.then((made) => {
      if (own !== drawing) return made.finalize(); // another claim has been chosen meanwhile
      view = made;
      for (const name of CHOSEN) {
        view.addSignalListener(name, () => {
          tell();
          keep();
        });
      }
      tell();
    });
  };

  // The state in the address: what differs from the report's choice.
  const keep = () => {
    const now = chosen();
    const usual = { ...defaults(), shown: true };
    const values = { claim: claim.claim };
    for (const name of CHOSEN) if (now[name] !== usual[name]) values[name] = name === "without" ? claim.seeds[now.without] : name === "shown" ? 0 : now[name];
    write("decide", values);
  };

  const choose = (name, values) => {
    claim = known.claims.find((one) => one.claim === name) ?? known.claims[0];
    form.elements.claim.value = claim.claim;
    form.querySelector(".to-claim").href = `#claim-${claim.claim.replace("/", "-")}`;
    start(values);
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.claim.addEventListener("input", ({ target }) => {
    choose(target.value, {});
    write("decide", { claim: claim.claim, shown: 0 });
  });
  form.querySelector("button").addEventListener("click", () => {
    start({ shown: true });
    write("decide", { claim: claim.claim });
  });

  part.hidden = false;
  follow("decide", (state) => {
    const of = known.claims.find((one) => one.claim === state.get("claim")) ?? known.claims[0];
    const values = { shown: state.get("shown") !== "0" };
    if (state.has("margin")) values.margin = of.margins[nearest(of.margins, Number(state.get("margin")))];
    const [least, most, every] = of.numbers;
    if (state.has("seeds")) values.seeds = Math.min(most, Math.max(least, least + every * Math.round((Number(state.get("seeds")) - least) / every)));
    if (state.has("without")) values.without = of.seeds.indexOf(Number(state.get("without")));
    if (state.has("guess")) values.guess = Number(state.get("guess"));
    choose(of.claim, values);
  });
  whenNear(part, () => claim || choose(known.claims[0].claim, {}));
})();
