"use strict";

// Shows each round as soon as it is printed. The server holds a request open until there is a newer round.
const element = (id) => document.getElementById(id);
let round = 0;
let printedRound = 0;

function show(state) {
  round = state.round;
  element("headline").textContent = state.headline || "Printing";
  element("headline").className = state.hasFailed ? "failed" : "";
  element("findings").textContent = state.findings;
  document.title = state.headline || "Preview";
  if (state.printedRound !== printedRound) {
    printedRound = state.printedRound;
    element("pages").src = `brief.pdf?round=${printedRound}`;
  }
}

async function follow() {
  for (;;) {
    try {
      const response = await fetch(`state?after=${round}`, { cache: "no-store" });
      show(await response.json());
    } catch {
      element("headline").textContent = "The preview has ended";
      element("headline").className = "failed";
      await new Promise((resume) => setTimeout(resume, 1000));
      // A preview that was started again has another address.
    }
  }
}

follow();
