// Filter and sort the claims, open what a link leads to, repeat figures as thumbnails, copy a source,
// choose a theme, show the place. The page is complete without it.
"use strict";
const table = document.querySelector(".ledger");
const form = document.querySelector(".filters");

// The address of what is shown: `#claims?verdict=supported`, or the id of a part of the page.
const address = () => {
  const [id, query = ""] = location.hash.slice(1).split("?");
  return { target: document.getElementById(decodeURIComponent(id)), query: new URLSearchParams(query) };
};

const ledger = table && (() => {
  const groups = [...table.querySelectorAll("tbody.claims")].map((body) => ({ body, rows: [...body.querySelectorAll(".claim")] }));
  const topics = [...table.querySelectorAll("tbody.topic")];
  const claims = groups.flatMap((group) => group.rows);
  const heads = [...table.querySelectorAll("[data-sort]")];
  const sorted = document.createElement("tbody");
  sorted.setAttribute("role", "rowgroup");
  const unfolded = new Set();
  const numeric = ["rank", "strength"];
  const names = ["topic", "verdict", "source", "status", "words"];
  let order = null; // {key, ascending}, null for the order of the experiments

  const compare = (key) => (a, b) =>
    numeric.includes(key)
      ? Number(a.dataset[key]) - Number(b.dataset[key])
      : a.dataset[key].localeCompare(b.dataset[key], undefined, { numeric: true });

  const wanted = (row) => {
    const { words, ...chosen } = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
    const said = row.textContent.toLocaleLowerCase();
    return (
      Object.entries(chosen).every(([name, value]) => !value || row.dataset[name] === value) &&
      words.toLocaleLowerCase().split(/\s+/).every((word) => said.includes(word))
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
    const filtered = shown.length < claims.length;
    for (const { body, rows } of groups) {
      const folded = !filtered && !unfolded.has(body.dataset.topic);
      body.hidden = Boolean(order) || folded || rows.every((row) => row.hidden);
    }
    for (const body of topics) {
      body.hidden = Boolean(order) || !shown.some((row) => row.dataset.topic === body.dataset.topic);
      const button = body.querySelector("button");
      button.disabled = filtered;
      button.setAttribute("aria-expanded", filtered || unfolded.has(body.dataset.topic));
    }
    document.querySelector(".none").hidden = shown.length > 0;
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
  for (const body of topics) {
    const button = document.createElement("button");
    const { topic } = body.dataset;
    button.type = "button";
    button.className = "fold";
    const name = body.querySelector(".name");
    button.append(...name.childNodes);
    name.append(button);
    button.addEventListener("click", () => {
      if (!unfolded.delete(topic)) unfolded.add(topic);
      show();
    });
  }
  const remember = () => {
    const chosen = names.map((name) => [name, form.elements[name].value]).filter(([, value]) => value);
    const query = String(new URLSearchParams(chosen));
    history.pushState(null, "", `#claims${query && `?${query}`}`);
  };
  form.addEventListener("input", show);
  form.addEventListener("change", remember);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    order = null;
    setTimeout(() => {
      remember();
      show();
    });
  });
  form.hidden = false;
  show();
  return {
    // Set the filters to those of an address.
    filter(query) {
      for (const name of names) {
        const field = form.elements[name];
        field.value = query.get(name) ?? "";
        if (field.selectedIndex === -1) field.value = "";
      }
      show();
    },
    // Show a claim that a filter or a fold hides.
    reveal(row) {
      if (!wanted(row)) this.filter(new URLSearchParams());
      unfolded.add(row.dataset.topic);
      show();
    },
    all: () => {
      for (const body of topics) unfolded.add(body.dataset.topic);
      show();
    },
  };
})();

// Show a part of the page, and keep it in place while charts are drawn above it, unless the reader moves.
const keep = (target) => {
  const drawn = new ResizeObserver(() => target.scrollIntoView({ behavior: "instant" }));
  drawn.observe(document.body);
  const stop = () => drawn.disconnect();
  for (const move of ["wheel", "keydown", "pointerdown", "hashchange"]) addEventListener(move, stop, { once: true });
  setTimeout(stop, 3000);
};

const visit = () => {
  const { target, query } = address();
  if (!location.hash) ledger?.filter(query);
  if (!target) return;
  if (target.id === "claims") ledger?.filter(query);
  if (target.matches(".claim")) ledger.reveal(target);
  document.querySelector(":popover-open")?.hidePopover();
  const inside = target.matches("h3") ? target.closest(".experiment")?.querySelector(".body") : target;
  for (let one = inside; one; one = one.parentElement) if (one.matches("details")) one.open = true;
  target.querySelector(".why")?.showPopover?.();
  setTimeout(() => keep(target));
};
addEventListener("hashchange", visit);
if (location.hash) visit();
// A link to where the page already is changes nothing in the address.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) visit();
});

// A figure that is shown twice is in the file once.
for (const copy of document.querySelectorAll("[data-of]")) {
  const original = document.querySelector(`#${CSS.escape(copy.dataset.of)} img`);
  if (!original) continue;
  copy.src = original.src;
  copy.parentElement.hidden = false;
  const strip = copy.closest(".strip");
  if (strip) strip.hidden = false;
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
    const here = [...places.keys()].findLast((place) => inView.has(place));
    for (const [place, link] of places) {
      if (place === here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    const link = places.get(here);
    if (!link || narrow.matches) return;
    const list = link.closest(".contents");
    const { top, bottom } = link.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) list.scrollTop += top - innerHeight / 2;
  },
  { rootMargin: "-20% 0px -70% 0px" },
);
document.querySelectorAll("main section").forEach((section) => watch.observe(section));

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
  source.querySelector("p").append(" ", button);
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
document.addEventListener("toggle", reach, true);

// Paper shows everything.
addEventListener("beforeprint", () => ledger?.all());
