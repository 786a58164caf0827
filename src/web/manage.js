"use strict";

const id = location.pathname.split("/").pop();
const token = location.hash.slice(1);
const at = (name) => document.getElementById(name);
const show = (name, visible) => { at(name).hidden = !visible; };
const say = (text) => { at("message").textContent = text; };

const statuses = {
  pending_verification: "Not confirmed yet: please confirm that this is you",
  pending_approval: "Received: the organizers have not decided yet",
  confirmed: "Confirmed: you have a place",
  waitlisted: "On the waiting list",
  offered: "A place is held for you: please accept or decline it",
  cancelled: "Cancelled",
  rejected: "Not accepted",
  expired: "Closed: it was not confirmed in time",
};
const over = ["cancelled", "rejected", "expired"];

async function ask(path, options = {}) {
  const headers = { Authorization: `Bearer ${token}`, ...options.headers };
  const response = await fetch(`/api/v1/${path}`, { ...options, headers });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw Object.assign(new Error(problem.code || `status ${response.status}`), { problem });
  }
  return response;
}

async function picture(path) {
  return URL.createObjectURL(await (await ask(path)).blob());
}

async function draw() {
  const registration = await (await ask(`registrations/${id}`)).json();
  const event = await fetch(`/api/v1/events/${registration.event_id}`).then((r) => (r.ok ? r.json() : null));
  const explanation = await (await ask(`registrations/${id}/explain`)).json();
  const confirmed = registration.status === "confirmed";
  at("name").textContent = [registration.attendee.first_name, registration.attendee.last_name].filter(Boolean).join(" ");
  at("status").textContent = statuses[registration.status] || registration.status;
  if (registration.waitlist_position) {
    at("status").textContent += `, number ${registration.waitlist_position}`;
  }
  at("why").textContent = explanation.sentence;
  at("code").textContent = registration.code;
  if (event) {
    const zone = { timeZone: event.timezone, dateStyle: "full", timeStyle: "short" };
    const format = new Intl.DateTimeFormat("en-GB", zone);
    at("title").textContent = event.title;
    at("when").textContent = `${format.formatRange(new Date(event.starts_at), new Date(event.ends_at))} (${event.timezone})`;
    const { name, address, city } = event.location;
    at("where").textContent = [name, address, city].filter(Boolean).join(", ");
  }
  if (confirmed) {
    at("ticket").src = await picture(`registrations/${id}/ticket.svg`);
    at("calendar").href = await picture(`registrations/${id}/calendar.ics`);
  }
  show("ticket", confirmed);
  show("calendar", confirmed);
  const past = event && new Date(event.ends_at) <= new Date();
  const ended = past || (event && event.status === "cancelled");
  show("verify", registration.status === "pending_verification" && !ended);
  show("accept", registration.status === "offered" && !ended);
  show("decline", registration.status === "offered" && !ended);
  // Whoever declines an offer has cancelled.
  show("cancel", ![...over, "offered"].includes(registration.status) && !past);
  show("confirm", false);
  await drawSelfService(registration, event);
  show("registration", true);
  say("");
}

async function cancel() {
  say("One moment …");
  // Who leads a group gives up their own place: the others see to theirs, or are cancelled one by one.
  await send(`registrations/${id}/cancel`, "POST", { only: true });
  await draw();
  say("Your registration is cancelled. A letter confirms it.");
}

// What to say once a registration stands elsewhere than before.
const done = {
  confirmed: "You have a place. A letter with your ticket is on its way.",
  pending_approval: "Thank you. The organizers decide now; a letter tells you how.",
  waitlisted: "Thank you. You are on the waiting list; a letter tells you when there is a place.",
  cancelled: "The place goes to the next who waits. A letter confirms it.",
};

async function act(deed) {
  say("One moment …");
  try {
    const now = await (await ask(`registrations/${id}/${deed}`, { method: "POST" })).json();
    await draw();
    say(done[now.status] || "");
  } catch (error) {
    // It may stand elsewhere by now: time went by, or it was done in another window.
    await draw();
    failed(error);
  }
}

const failed = (error) => {
  const known = {
    unauthenticated: "This link is no longer good. Use the link in the latest letter about your registration.",
    not_found: "This link is no longer good. Use the link in the latest letter about your registration.",
    event_ended: "The event is over: there is nothing left to do.",
    event_cancelled: "The event has been cancelled.",
    sold_out: "Every place is taken, and nobody can wait. Try again before the link ends: somebody may give a place up.",
    too_late: "The time for this is over. You can register again.",
    not_now: "This has been done already, or cannot be done any more.",
    edit_closed: "The time to change it is over: please ask the organizers.",
    version_mismatch: "It has changed meanwhile. Open the page again.",
    already_registered: "This address is registered for the event already.",
    ask_organizers: "The organizers look at each registration: please ask them.",
    leads_group: "You lead a group: your place cannot go to somebody else.",
    event_begun: "The event has begun.",
    event_going_on: "The event is going on: come back when it is over.",
    consent_required: "Nobody takes part without this: cancel your registration instead.",
    rate_limited: "A letter is on its way already. Please wait ten minutes.",
  };
  const errors = (error.problem && error.problem.errors) || [];
  const wrong = errors.map((one) => one.detail).join("; ");
  say(wrong ? `Please look again: ${wrong}.` : known[error.message] || "Something went wrong. Please try again in a moment.");
};

for (const deed of ["verify", "accept", "decline"]) {
  at(deed).addEventListener("click", () => act(deed).catch(failed));
}
at("cancel").addEventListener("click", () => { show("cancel", false); show("confirm", true); });
at("no").addEventListener("click", () => { show("cancel", true); show("confirm", false); });
at("yes").addEventListener("click", () => cancel().catch(failed));
listen();
draw().catch(failed);
