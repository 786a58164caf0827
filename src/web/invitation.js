"use strict";

Object.assign(links, {
  invitation_accepted: "You have said yes. The letter about your registration leads on.",
  invitation_revoked: "This invitation was taken back, or there is a newer letter.",
  invitation_expired: "The time to answer is over. Please ask the organizers.",
  event_cancelled: "The event has been cancelled. It will not take place.",
  event_ended: "The event is over.",
  sold_out: "Every place is taken, and nobody can wait. Try again later: somebody may give a place up.",
});

let invitation = null;
let questions = null;
const chosen = { sessions: [], consents: [] };

// A box with its words.
function box(value, text, checked) {
  const input = make("input", { type: "checkbox", value, checked });
  return [input, make("label", {}, input, ` ${text}`)];
}

// Boxes in a frame, which is hidden if there are none.
function boxes(id, legend, rows) {
  const made = rows.map(([value, text, checked]) => box(value, text, checked));
  at(id).replaceChildren(make("legend", { textContent: legend }), ...made.map(([, label]) => label));
  at(id).hidden = made.length === 0;
  return made.map(([input]) => input);
}

const ticketType = () => invitation.ticket_type || at("ticket_type").value || null;

// What comes with a ticket type cannot be left out.
function follow() {
  const kind = invitation.ticket_types.find((one) => one.id === ticketType());
  for (const input of chosen.sessions) {
    const included = Boolean(kind && kind.sessions.includes(input.value));
    input.disabled = included;
    input.checked = included || input.checked;
  }
  questions.show(ticketType());
}

function draw(read) {
  invitation = read;
  const { event, language } = invitation;
  const zone = { timeZone: event.timezone, dateStyle: "full", timeStyle: "short" };
  const format = new Intl.DateTimeFormat("en-GB", zone);
  const moment = (time) => `${format.format(new Date(time))} (${event.timezone})`;
  at("title").textContent = event.title;
  at("what").textContent = `${event.organization} invites you, ${invitation.first_name}. ${event.summary}`;
  at("when").textContent = `${format.formatRange(new Date(event.starts_at), new Date(event.ends_at))} (${event.timezone})`;
  at("where").textContent = event.place;
  at("until").textContent = moment(invitation.answer_by);
  at("kept").hidden = !invitation.seat_kept_until;
  at("kept").textContent = invitation.seat_kept_until ? `A seat is kept for you until ${moment(invitation.seat_kept_until)}.` : "";
  for (const name of ["first_name", "last_name", "organization"]) {
    at(name).value = invitation[name] || "";
  }
  const types = invitation.ticket_types.map((kind) => new Option(kind.name, kind.id));
  at("ticket_type").replaceChildren(...types);
  at("types").hidden = types.length === 0;
  at("ticket_type").disabled = Boolean(invitation.ticket_type);
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: event.timezone, dateStyle: "medium", timeStyle: "short" });
  const sessions = invitation.session_choices.map((session) => [
    session.id, `${session.title}, ${time.format(new Date(session.starts_at))}`, invitation.sessions.includes(session.id),
  ]);
  chosen.sessions = boxes("sessions", "Sessions", sessions);
  // Never ticked beforehand.
  const texts = invitation.consents.map((text) => [text.key, inWords(text.text, language) + (text.required ? " *" : ""), false]);
  chosen.consents = boxes("consents", "Do you agree?", texts);
  questions = new Questions(at("questions"), invitation.questions, language);
  at("asked").hidden = invitation.registered;
  follow();
  at("form").hidden = false;
  const declined = "You have said no. You can still think better of it.";
  say(invitation.state === "declined" ? declined : "");
}

async function begin() {
  const read = await post("invitations/read");
  if (read.event.status === "cancelled") {
    throw { code: "event_cancelled" };
  }
  if (!["invited", "declined"].includes(read.state)) {
    throw { code: `invitation_${read.state}` };
  }
  draw(read);
}

// What to say once they have said yes.
const done = {
  confirmed: "You have a place. A letter with your ticket is on its way.",
  waitlisted: "Every place is taken at the moment: you are on the waiting list, and a letter tells you when there is one.",
};

const ticked = (inputs) => inputs.filter((input) => input.checked && !input.disabled).map((input) => input.value);

async function accept() {
  say("One moment …");
  let yes = {};
  if (!invitation.registered) {
    const given = ["first_name", "last_name", "organization"].map((name) => [name, at(name).value.trim() || null]);
    const answers = Object.entries(questions.read()).filter(([, answer]) => answer !== null);
    yes = {
      attendee: Object.fromEntries(given),
      sessions: ticked(chosen.sessions),
      answers: Object.fromEntries(answers),
      consents: ticked(chosen.consents),
      ...(ticketType() ? { ticket_type: ticketType() } : {}),
    };
  }
  const answered = await post("invitations/accept", yes);
  at("form").hidden = true;
  say(done[answered.status] || "Thank you. A letter tells you how things stand.");
}

async function decline() {
  say("One moment …");
  const word = at("word").value.trim();
  await post("invitations/decline", word ? { word } : {});
  at("form").hidden = true;
  say("Thank you for telling us.");
}

at("yes").addEventListener("submit", (event) => { event.preventDefault(); accept().catch(failed); });
at("no").addEventListener("submit", (event) => { event.preventDefault(); decline().catch(failed); });
at("ticket_type").addEventListener("change", follow);
begin().catch(failed);
