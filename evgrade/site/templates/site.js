"use strict";
(() => {
  // All data come from the table. The selection is kept in the address, after #, so that it can be shared.
  const table = document.querySelector("table.ranked");
  const finder = document.querySelector("[role=search]");
  const status = document.getElementById("found");
  const body = table.tBodies[0];
  const ranked = [...body.rows].filter((row) => row.cells.length > 1);
  const heads = [...table.tHead.rows[0].cells];
  const input = (name) => document.getElementById("find-" + name);
  const names = ["words", "verdict", "condition", "least"].filter((name) => input(name));
  const plain = { ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i" };
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase().toLowerCase()
    .replace(/[øłđðþæœı]/g, (letter) => plain[letter]);
  const text = (row, part) => (row.querySelector(part) || { textContent: "" }).textContent;
  const value = (row, part) => (row.querySelector(part) || { dataset: {} }).dataset.sort || "";
  // Ignore verdicts that are only possible.
  const verdict = (row) => { const cell = row.querySelector(".says"); return cell ? cell.firstChild.textContent : ""; };
  const known = new Map(ranked.map((row) => [row, {
    words: folded([text(row, "th"), text(row, ".condition"), verdict(row)].join(" ")),
    verdict: value(row, ".says") || "0",
    condition: value(row, ".condition"),
    least: value(row, ".least"),
  }]));
  let column = -1, backwards = false;

  const shown = () => {
    const words = folded(input("words").value).split(/\s+/).filter(Boolean);
    const chosen = (name) => (input(name) ? input(name).value : "");
    return (row) => {
      const one = known.get(row);
      return words.every((word) => one.words.includes(word))
        && (!chosen("verdict") || one.verdict === chosen("verdict"))
        && (!chosen("condition") || one.condition === chosen("condition"))
        && (!chosen("least") || (one.least !== "" && Number(one.least) <= Number(chosen("least"))));
    };
  };
  const key = (row) => {
    const cell = row.cells[column];
    return cell.dataset.sort === undefined ? folded((cell.querySelector("a") || cell).textContent) : cell.dataset.sort;
  };
  const sorted = () => {
    if (column < 0) return ranked;
    const pairs = ranked.map((row) => [key(row), row]);
    const numbers = pairs.every(([one]) => one === "" || !Number.isNaN(Number(one)));
    const order = (one, other) => (numbers ? one - other : one < other ? -1 : one > other ? 1 : 0);
    // Unknown values come last, in either order.
    return pairs.sort(([one], [other]) => (one === "") - (other === "") || (backwards ? order(other, one) : order(one, other)))
      .map(([, row]) => row);
  };
  const show = () => {
    const keeps = shown();
    let count = 0;
    for (const row of ranked) {
      row.hidden = !keeps(row);
      count += row.hidden ? 0 : 1;
    }
    body.append(...sorted());
    heads.forEach((head, number) => {
      if (number === column) head.setAttribute("aria-sort", backwards ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    const told = count + " of " + ranked.length + (ranked.length === 1 ? " therapy" : " therapies");
    if (status.textContent !== told) status.textContent = told;
  };
  const remember = () => {
    const state = new URLSearchParams();
    for (const name of names) if (input(name).value) state.set(name, input(name).value);
    if (input("condition").value) state.set("condition", input("condition").options[input("condition").selectedIndex].text);
    if (column >= 0) state.set("sort", (backwards ? "-" : "") + (column + 1));
    history.replaceState(null, "", "#" + state);
    show();
  };
  const recall = () => {
    const fragment = location.hash.slice(1);
    if (fragment && !fragment.includes("=")) return show();
    const state = new URLSearchParams(fragment);
    for (const name of names) input(name).value = state.get(name) || "";
    const wanted = [...input("condition").options].find((one) => one.value && one.text === state.get("condition"));
    input("condition").value = wanted ? wanted.value : "";
    for (const name of names) if (input(name).selectedIndex === -1) input(name).value = "";
    const sort = Number(state.get("sort"));
    column = Number.isInteger(sort) && sort !== 0 && Math.abs(sort) <= heads.length ? Math.abs(sort) - 1 : -1;
    backwards = sort < 0;
    show();
  };

  for (const [number, head] of heads.entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => {
      backwards = column === number ? !backwards : head.dataset.first === "descending";
      column = number;
      remember();
    });
    head.replaceChildren(button);
  }
  for (const name of names) input(name).addEventListener(name === "words" ? "input" : "change", remember);
  input("clear").addEventListener("click", () => {
    for (const name of names) input(name).value = "";
    column = -1;
    remember();
    input("words").focus();
  });
  addEventListener("hashchange", recall);
  table.classList.add("js");
  finder.hidden = false;
  recall();
})();
