"use strict";

async function choose() {
  say("One moment …");
  await post("password-resets/complete", { password: at("password").value });
  at("form").hidden = true;
  say("Your password is changed. Whoever was signed in with the old one is signed out.");
}

at("form").addEventListener("submit", (event) => { event.preventDefault(); choose().catch(failed); });
say("");
