// Filter and sort the claims, copy a source. The page is complete without it.
"use strict";
const table = document.querySelector(".ledger");
const form = document.querySelector(".filters");

if (table) {
  const groups = [...table.tBodies].map((body) => ({ body, rows: [...body.querySelectorAll(".claim")] }));
  const claims = groups.flatMap((group) => group.rows);
  const sorted = document.createElement("tbody");
  sorted.setAttribute("role", "rowgroup");
  const numeric = ["rank", "strength", "n", "p"];
  let order = null; // {key, ascending}, null for the order of the experiments

  const compare = (key) => (a, b) =>
    numeric.includes(key) ? Number(a.dataset[key]) - Number(b.dataset[key]) : a.dataset[key].localeCompare(b.dataset[key]);

  const show = () => {
    const verdict = form.elements.verdict.value;
    const experiment = form.elements.experiment.value;
    for (const row of claims) {
      row.hidden = Boolean((verdict && row.dataset.verdict !== verdict) || (experiment && row.dataset.experiment !== experiment));
    }
    if (order) {
      const inOrder = [...claims].sort(compare(order.key));
      sorted.replaceChildren(...(order.ascending ? inOrder : inOrder.reverse()));
      table.append(sorted);
    } else {
      groups.forEach((group) => group.body.append(...group.rows));
      sorted.remove();
    }
    for (const { body, rows } of groups) body.hidden = Boolean(order) || rows.every((row) => row.hidden);
    for (const head of table.querySelectorAll("[data-sort]")) {
      head.setAttribute("aria-sort", head.dataset.sort !== order?.key ? "none" : order.ascending ? "ascending" : "descending");
    }
    form.querySelector("output").value = `${claims.filter((row) => !row.hidden).length} of ${claims.length} claims`;
  };

  for (const head of table.querySelectorAll("[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => {
      const key = head.dataset.sort;
      order = { key, ascending: order?.key === key ? !order.ascending : true };
      show();
    });
    head.append(button);
  }
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    order = null;
    setTimeout(show);
  });
  form.hidden = false;
  show();
}

for (const source of document.querySelectorAll(".source")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const code = source.querySelector("pre code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: press Ctrl+C";
    }
  });
  source.querySelector("summary").after(button);
}

addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details.long:not([open])")) {
    details.open = true;
    details.dataset.printed = "";
  }
});
addEventListener("afterprint", () => {
  for (const details of document.querySelectorAll("[data-printed]")) {
    details.open = false;
    delete details.dataset.printed;
  }
});
