"use strict";

const token = location.hash.slice(1);
const at = (name) => document.getElementById(name);
const say = (text) => { at("message").textContent = text; };

async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify({ token, ...body }) });
  const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (!response.ok) {
    throw answer;
  }
  return answer;
}

// What is wrong with the link ends it here; what is wrong with a field is said, and can be mended.
const links = {
  invalid_link: "This link is not complete. Open it again from the letter.",
  link_used: "This link was used already: it works once.",
  link_expired: "This link is too old.",
  link_revoked: "This invitation was taken back.",
};

const failed = (problem) => {
  const errors = problem.errors || [];
  const code = [problem.code, ...errors.map((error) => error.code)].find((word) => links[word]);
  if (code) {
    at("form").hidden = true;
    say(links[code]);
  } else if (errors.length > 0) {
    say(`Please look again: ${errors.map((error) => error.detail).join("; ")}.`);
  } else if (problem.code === "rate_limited") {
    say("Too many tries. Please wait a moment and try again.");
  } else {
    say("Something went wrong. Please try again in a moment.");
  }
};
