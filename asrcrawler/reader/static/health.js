// Keeps the health page up to date: fetches its figures again and puts them in place of the old ones.
"use strict";

const SECONDS_AT_WORK = 5;
const SECONDS_AT_REST = 30;

const live = document.getElementById("live");
let etag = null;

function isWorking() {
  return live.querySelector("[data-working]")?.dataset.working === "yes";
}

function openTables() {
  return [...live.querySelectorAll("details")].map((table) => table.open);
}

async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch("/health/live", { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      if (answer.status === 200) {
        etag = answer.headers.get("ETag");
        replace(await answer.text());
      }
    } catch {
      // the server is away for a moment; the figures on the page stay
    }
  }
  plan();
}

function replace(text) {
  const open = openTables();
  live.innerHTML = text;
  live.querySelectorAll("details").forEach((table, place) => { table.open = open[place] ?? false; });
}

function plan() {
  setTimeout(refresh, (isWorking() ? SECONDS_AT_WORK : SECONDS_AT_REST) * 1000);
}

plan();
