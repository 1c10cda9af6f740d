// Keeps a lab's page current: asks the server what has changed, says when it does not answer, copies SSH lines.
"use strict";
(() => {
  const BUSY_MS = 500; // between two looks while work is under way
  const CALM_MS = 2000; // between two looks otherwise: two tabs show the same within this
  const STALE_MS = 10000; // without an answer, the page says so
  const looker = document.getElementById("look");
  let answered = Date.now();

  const cookie = (name) =>
    document.cookie.split("; ").map((pair) => pair.split("=")).find(([key]) => key === name)?.[1] ?? "";
  const shown = () => [...document.querySelectorAll("[data-live]")].map((e) => `${e.id}:${e.dataset.live}`).join(",");

  const reveal = () => {
    for (const button of document.querySelectorAll(".copy")) button.hidden = !navigator.clipboard;
  };
  reveal();

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".copy");
    if (button) {
      await navigator.clipboard.writeText(button.dataset.copy);
      const label = button.firstChild;
      const before = label.textContent;
      label.textContent = "Copied";
      setTimeout(() => { label.textContent = before; }, 2000);
    }
    for (const open of document.querySelectorAll("details.confirm[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details.confirm[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // A button that has to wait keeps the focus, so it is not disabled: it says so and does nothing.
  document.addEventListener("submit", (event) => {
    if (event.target.querySelector('button[aria-disabled="true"]')) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const asked = event.target.closest("details.confirm");
    if (asked) {
      asked.open = false;
      asked.querySelector("summary").focus();
    }
  }, true);

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-XSRFToken"] = cookie("_xsrf");
    event.detail.parameters.set("seen", shown());
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) answered = Date.now();
  });

  // What a reader opened stays open, and the focus stays near, when a part of the page is replaced.
  const opened = new Map();
  let focusedIn = null;
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const target = event.detail.target;
    for (const each of target.querySelectorAll("details[data-keep]")) {
      if (each.open !== (each.dataset.keep === "open")) opened.set(each.id, each.open);
      else opened.delete(each.id);
    }
    focusedIn = target.contains(document.activeElement) ? target.id : null;
  });
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    reveal();
    const fresh = document.getElementById(event.detail.target.id);
    if (!fresh) return;
    for (const each of fresh.querySelectorAll("details[data-keep]")) {
      if (opened.has(each.id)) each.open = opened.get(each.id);
    }
    if (focusedIn === fresh.id && document.activeElement === document.body) {
      fresh.querySelector("a[href], button, summary")?.focus();
    }
  });

  if (!looker) return;
  const stale = document.getElementById("stale");
  const tell = () => {
    const late = Date.now() - answered > STALE_MS;
    if (late && stale.hidden) {
      document.getElementById("stale-since").textContent = new Date(answered).toLocaleTimeString();
    }
    stale.hidden = !late;
  };
  const look = () => {
    if (document.visibilityState === "visible") htmx.trigger(looker, "look");
    else answered = Date.now();
    tell();
    setTimeout(look, document.querySelector("[data-running]") ? BUSY_MS : CALM_MS);
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") htmx.trigger(looker, "look");
  });
  setTimeout(look, BUSY_MS);
})();
