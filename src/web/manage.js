"use strict";

const id = location.pathname.split("/").pop();
const token = location.hash.slice(1);
const at = (name) => document.getElementById(name);
const show = (name, visible) => { at(name).hidden = !visible; };
const say = (text) => { at("message").textContent = text; };

const statuses = {
  confirmed: "Confirmed: you have a place",
  waitlisted: "On the waiting list",
  cancelled: "Cancelled",
};

async function ask(path, options = {}) {
  const headers = { Authorization: `Bearer ${token}`, ...options.headers };
  const response = await fetch(`/api/v1/${path}`, { ...options, headers });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.code || `status ${response.status}`);
  }
  return response;
}

async function picture(path) {
  return URL.createObjectURL(await (await ask(path)).blob());
}

async function draw() {
  const registration = await (await ask(`registrations/${id}`)).json();
  const event = await fetch(`/api/v1/events/${registration.event_id}`).then((r) => (r.ok ? r.json() : null));
  const confirmed = registration.status === "confirmed";
  at("name").textContent = [registration.attendee.first_name, registration.attendee.last_name].filter(Boolean).join(" ");
  at("status").textContent = statuses[registration.status] || registration.status;
  if (registration.waitlist_position) {
    at("status").textContent += `, number ${registration.waitlist_position}`;
  }
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
  const over = event && new Date(event.ends_at) <= new Date();
  show("cancel", registration.status !== "cancelled" && !over);
  show("confirm", false);
  show("registration", true);
  say("");
}

async function cancel() {
  say("One moment …");
  await ask(`registrations/${id}/cancel`, { method: "POST" });
  await draw();
  say("Your registration is cancelled. A letter confirms it.");
}

const failed = (error) => {
  const known = {
    unauthenticated: "This link is no longer good. Use the link in the latest letter about your registration.",
    not_found: "This link is no longer good. Use the link in the latest letter about your registration.",
    event_ended: "The event is over: there is nothing left to cancel.",
  };
  say(known[error.message] || "Something went wrong. Please try again in a moment.");
};

at("cancel").addEventListener("click", () => { show("cancel", false); show("confirm", true); });
at("no").addEventListener("click", () => { show("cancel", true); show("confirm", false); });
at("yes").addEventListener("click", () => cancel().catch(failed));
draw().catch(failed);
