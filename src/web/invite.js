"use strict";

const roles = { owner: "an owner", editor: "an editor", door: "at the door", viewer: "a viewer" };
let newcomer = false;

async function draw() {
  const invite = await post("invites/read");
  const where = invite.event ? `${invite.event.title}, by ${invite.organization.name}` : invite.organization.name;
  at("what").textContent = `${where} invites ${invite.email} to be ${roles[invite.role] || invite.role}.`;
  newcomer = !invite.has_account;
  at("newcomer").hidden = !newcomer;
  at("form").hidden = false;
  say("");
}

async function accept() {
  say("One moment …");
  const who = newcomer ? { name: at("name").value, password: at("password").value } : {};
  await post("invites/accept", who);
  at("form").hidden = true;
  say("You are a member now.");
}

at("form").addEventListener("submit", (event) => { event.preventDefault(); accept().catch(failed); });
draw().catch(failed);
