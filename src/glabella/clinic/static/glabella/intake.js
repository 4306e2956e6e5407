// The history in the patient's hand: words appear where they are asked for, and every pause saves.

const PAUSE_MS = 700;

document.body.dataset.scripted = "";

/** Show the words beside an answer that is not "no". */
function open(asked) {
  const chosen = asked.querySelector("input[type=radio]:checked");
  const more = asked.querySelector("[data-more]");
  more?.classList.toggle("open", Boolean(chosen) && chosen.value !== "no");
}

for (const asked of document.querySelectorAll("[data-asked]")) {
  open(asked);
  asked.addEventListener("change", () => open(asked));
}

const allNo = document.querySelector("[data-all-no]");
if (allNo) {
  allNo.hidden = false;
  allNo.addEventListener("click", () => {
    for (const asked of document.querySelectorAll("[data-asked]")) {
      if (!asked.querySelector("input[type=radio]:checked"))
        asked.querySelector("input[type=radio][value=no]")?.click();
    }
  });
}

const form = document.querySelector("form[data-keep]");
if (form) keeper(form);

function keeper(form) {
  const state = form.querySelector("[data-keep-state]");
  let timer = null;
  let unsaved = false;

  async function keep() {
    clearTimeout(timer);
    if (!unsaved) return;
    unsaved = false;
    try {
      const answer = await fetch(form.dataset.keep, {
        method: "POST",
        body: new FormData(form),
        keepalive: true,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      state.textContent = "Saved";
    } catch {
      unsaved = true;
      state.textContent = "Not saved yet: no connection. What you typed is still here.";
      timer = setTimeout(keep, 5000);
    }
  }

  form.addEventListener("input", () => {
    unsaved = true;
    state.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    unsaved = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
}
