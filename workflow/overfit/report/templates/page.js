// Filter and sort the claims, copy a source, choose a theme, show the place. The page is complete without it.
"use strict";
const table = document.querySelector(".ledger");
const form = document.querySelector(".filters");

if (table) {
  const groups = [...table.querySelectorAll("tbody.claims")].map((body) => ({ body, rows: [...body.querySelectorAll(".claim")] }));
  const topics = [...table.querySelectorAll("tbody.topic")];
  const claims = groups.flatMap((group) => group.rows);
  const heads = [...table.querySelectorAll("[data-sort]")];
  const sorted = document.createElement("tbody");
  sorted.setAttribute("role", "rowgroup");
  const numeric = ["rank", "strength", "n", "p"];
  let order = null; // {key, ascending}, null for the order of the experiments

  const compare = (key) => (a, b) =>
    numeric.includes(key)
      ? Number(a.dataset[key]) - Number(b.dataset[key])
      : a.dataset[key].localeCompare(b.dataset[key], undefined, { numeric: true });

  const wanted = (row) => {
    const { topic, verdict, words } = form.elements;
    const said = row.textContent.toLocaleLowerCase();
    return (
      (!topic.value || row.dataset.topic === topic.value) &&
      (!verdict.value || row.dataset.verdict === verdict.value) &&
      words.value.toLocaleLowerCase().split(/\s+/).every((word) => said.includes(word))
    );
  };

  const show = () => {
    for (const row of claims) row.hidden = !wanted(row);
    if (order) {
      const inOrder = [...claims].sort(compare(order.key));
      sorted.replaceChildren(...(order.ascending ? inOrder : inOrder.reverse()));
      table.append(sorted);
    } else {
      groups.forEach((group) => group.body.append(...group.rows));
      sorted.remove();
    }
    table.classList.toggle("sorted", Boolean(order));
    const shown = claims.filter((row) => !row.hidden);
    for (const { body, rows } of groups) body.hidden = Boolean(order) || rows.every((row) => row.hidden);
    for (const body of topics) body.hidden = Boolean(order) || !shown.some((row) => row.dataset.topic === body.dataset.topic);
    let told = `${shown.length} of ${claims.length} claims`;
    for (const head of heads) {
      const direction = order?.ascending ? "ascending" : "descending";
      const own = head.dataset.sort === order?.key;
      head.setAttribute("aria-sort", own ? direction : "none");
      if (own) told += `, by ${head.textContent.trim().toLowerCase()}, ${direction}`;
    }
    form.querySelector("output").value = told;
  };

  for (const head of heads) {
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
  for (const link of document.querySelectorAll("[data-show]")) {
    link.addEventListener("click", () => {
      form.reset();
      form.elements.verdict.value = link.dataset.show;
      setTimeout(show);
    });
  }
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    order = null;
    setTimeout(show);
  });
  // A link to a topic or a claim leads nowhere while a filter hides it.
  addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.closest(".ledger [hidden]")) form.reset();
    setTimeout(() => target?.scrollIntoView());
  });
  form.hidden = false;
  show();
}

const themes = ["auto", "light", "dark"];
const theme = document.querySelector(".theme");
const paint = (name) => {
  document.documentElement.dataset.theme = name;
  theme.textContent = `Theme: ${name}`;
};
const kept = (name) => {
  try {
    if (name) localStorage.setItem("theme", name);
    return localStorage.getItem("theme");
  } catch {
    return name; // a page from disk may keep nothing
  }
};
theme.addEventListener("click", () => {
  const next = themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length];
  kept(next);
  paint(next);
});
theme.hidden = false;
paint(themes.includes(kept()) ? kept() : "auto");

const contents = document.querySelector(".contents details");
const narrow = matchMedia("(max-width: 64rem)");
const fold = () => (contents.open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();
contents.addEventListener("click", (event) => {
  if (narrow.matches && event.target.closest("a")) contents.open = false;
});

const places = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
const inView = new Set();
const watch = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) inView[entry.isIntersecting ? "add" : "delete"](entry.target.getAttribute("aria-labelledby"));
    const here = [...places.keys()].find((place) => inView.has(place));
    for (const [place, link] of places) {
      if (place === here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  },
  { rootMargin: "-20% 0px -70% 0px" },
);
document.querySelectorAll("main > section").forEach((section) => watch.observe(section));

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

// A figure that is scrolled is reached from the keyboard; others would be stops for nothing.
const cards = [...document.querySelectorAll(".card")];
const reach = () => {
  for (const card of cards) {
    const scrolled = card.scrollWidth > card.clientWidth;
    for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", "Figure, wider than the screen"]])
      if (scrolled) card.setAttribute(name, value);
      else card.removeAttribute(name);
  }
};
reach();
addEventListener("resize", reach);
