// Passkeys by the browser's own functions; without them the page offers only the other ways.

const FORMS = "form[data-passkey]";

const options = () => JSON.parse(document.getElementById("passkey-options").textContent);

async function signInOptions(form) {
  const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok) throw new Error("The clinic did not answer.");
  return (await answer.json()).request_options.publicKey;
}

function creation(form) {
  const asked = options().creation_options.publicKey;
  const alone = form.elements.passwordless.checked;
  asked.authenticatorSelection = {
    ...asked.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone ? { userVerification: "required" } : {}),
  };
  return PublicKeyCredential.parseCreationOptionsFromJSON(asked);
}

const ASK = {
  create: (form) => navigator.credentials.create({ publicKey: creation(form) }),
  get: () => request(options().request_options.publicKey),
  "sign-in": async (form) => request(await signInOptions(form)),
};

const request = (asked) =>
  navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });

const WORDS = {
  NotAllowedError: "The passkey was not used: it was cancelled, took too long, or is not for this address.",
  InvalidStateError: "This device already holds a passkey of yours for Glabella.",
  SecurityError: "Passkeys need an address with a name over https, or localhost.",
};

async function ask(form) {
  const trouble = form.querySelector("[data-passkey-trouble]");
  trouble.hidden = true;
  try {
    const credential = await ASK[form.dataset.passkey](form);
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (error) {
    trouble.textContent = WORDS[error.name] || "The passkey could not be used. Take another way.";
    trouble.hidden = false;
  }
}

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const form of document.querySelectorAll(FORMS)) {
    form.hidden = false;
    form.querySelector("[data-passkey-ask]").addEventListener("click", () => ask(form));
  }
}
