"use strict";

// What attendees do by themselves beyond cancelling: change what they said, agree and withdraw, see to their group, give
// their place away, and ask for their data.

let current = null;
let asked = null;
let sessionBoxes = [];

const list = async (path) => (await (await ask(path)).json()).data;
const send = (path, method, body, headers = {}) => {
  const json = { "Content-Type": "application/json", ...headers };
  return ask(path, { method, headers: json, ...(body ? { body: JSON.stringify(body) } : {}) });
};

async function drawSelfService(registration, event) {
  current = registration;
  const now = new Date();
  const live = !over.includes(registration.status) && event && event.status !== "cancelled";
  const editable = live && now < new Date(event.registration.edit_until || event.starts_at);
  if (editable) {
    await drawChange(registration, event);
  }
  show("change", Boolean(editable));
  show("give", Boolean(live && registration.status === "confirmed" && now < new Date(event.starts_at)));
  await drawConsents(registration, event);
  await drawGroup(registration);
  show("more", true);
  show("sure", false);
}

async function drawChange(registration, event) {
  const path = `events/${event.id}`;
  const [questions, sessions, types] = await Promise.all(
    ["questions", "sessions", "ticket-types"].map((part) => list(`${path}/${part}`)),
  );
  for (const name of ["first_name", "last_name", "organization"]) {
    at(name).value = registration.attendee[name] || "";
  }
  const own = registration.ticket_type && types.find((kind) => kind.id === registration.ticket_type.id);
  const included = own ? own.sessions : [];
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: event.timezone, dateStyle: "medium", timeStyle: "short" });
  sessionBoxes = sessions.map((session) => {
    const checked = registration.sessions.includes(session.id);
    return make("input", { type: "checkbox", value: session.id, checked, disabled: included.includes(session.id) });
  });
  const rows = sessions.map((session, index) => {
    return make("label", {}, sessionBoxes[index], ` ${session.title}, ${time.format(new Date(session.starts_at))}`);
  });
  at("sessions").replaceChildren(make("legend", { textContent: "Sessions" }), ...rows);
  show("sessions", rows.length > 0);
  asked = new Questions(at("questions"), questions, registration.locale, registration.answers);
  asked.show(registration.ticket_type ? registration.ticket_type.id : null);
}

async function change() {
  say("One moment …");
  const sessions = sessionBoxes.filter((box) => box.checked && !box.disabled).map((box) => box.value);
  const kept = sessionBoxes.filter((box) => box.checked).map((box) => box.value);
  const moved = kept.length !== current.sessions.length || kept.some((one) => !current.sessions.includes(one));
  const words = ["first_name", "last_name", "organization"].map((name) => [name, at(name).value.trim() || null]);
  const edit = { attendee: Object.fromEntries(words), answers: asked.read(), ...(moved ? { sessions } : {}) };
  await send(`registrations/${id}`, "PATCH", edit, { "If-Match": `"${current.version}"` });
  await draw();
  say("Your registration is changed.");
}

async function drawConsents(registration, event) {
  const texts = event ? await list(`events/${event.id}/consents`) : [];
  const rows = texts.map((text) => {
    const said = registration.consents.find((consent) => consent.key === text.key);
    const given = Boolean(said && !said.withdrawn_at);
    const button = make("button", { type: "button", textContent: given ? "Withdraw" : "Agree" });
    button.addEventListener("click", () => agree(text.key, given ? "withdraw" : "give").catch(failed));
    return make("p", {}, `${inWords(text.text, registration.locale)} (${given ? "agreed" : "not agreed"}) `, button);
  });
  at("consents").replaceChildren(...rows);
  show("agreed", rows.length > 0);
}

async function agree(key, word) {
  say("One moment …");
  await send(`registrations/${id}/consents/${key}/${word}`, "POST");
  await draw();
  say(word === "give" ? "Thank you." : "You do not agree any more.");
}

async function drawGroup(registration) {
  const leads = registration.group_id === registration.id;
  show("people", leads);
  if (!leads) {
    return;
  }
  const group = await (await ask(`registrations/${id}/group`)).json();
  const rows = group.members.filter((member) => member.id !== id).map((member) => {
    const name = [member.first_name, member.last_name].filter(Boolean).join(" ");
    const row = make("li", {}, `${name}: ${statuses[member.status] || member.status} `);
    if (!over.includes(member.status)) {
      const button = make("button", { type: "button", textContent: "Cancel" });
      button.addEventListener("click", () => cancelGuest(member.id).catch(failed));
      row.append(button);
    }
    return row;
  });
  at("members").replaceChildren(...rows);
}

async function cancelGuest(guest) {
  say("One moment …");
  await send(`registrations/${guest}/cancel`, "POST");
  await draw();
  say("This place is cancelled. A letter tells them.");
}

async function giveAway() {
  say("One moment …");
  const person = { first_name: at("other_first").value, last_name: at("other_last").value || null, email: at("other_email").value };
  await send(`registrations/${id}/transfer`, "POST", { attendee: person });
  show("registration", false);
  say("Your place is theirs now. Letters tell both of you.");
}

async function resend() {
  say("One moment …");
  await send(`registrations/${id}/resend`, "POST");
  say("The letter is on its way.");
}

async function download() {
  const file = await (await ask(`registrations/${id}/data`)).blob();
  make("a", { href: URL.createObjectURL(file), download: `registration-${current.code}.json` }).click();
}

async function erase() {
  say("One moment …");
  await send(`registrations/${id}/erase`, "POST");
  show("registration", false);
  say("Your data is erased.");
}

function listen() {
  const submit = (form, deed) => {
    at(form).addEventListener("submit", (event) => { event.preventDefault(); deed().catch(failed); });
  };
  submit("edit", change);
  submit("give", giveAway);
  at("resend").addEventListener("click", () => resend().catch(failed));
  at("data").addEventListener("click", () => download().catch(failed));
  at("erase").addEventListener("click", () => show("sure", true));
  at("really").addEventListener("click", () => erase().catch(failed));
}
