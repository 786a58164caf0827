"use strict";

// What an event asks, as fields. What is asked depends on the ticket type, and on what was answered before.

const inWords = (texts, language) => texts[language] || Object.values(texts)[0] || "";

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, attributes);
  element.append(...children);
  return element;
}

const kinds = {
  text: () => make("input", { maxLength: 500 }),
  long_text: () => make("textarea", { maxLength: 5000, rows: 4 }),
  number: () => make("input", { type: "number", step: "any" }),
  date: () => make("input", { type: "date" }),
  country: () => make("input", { maxLength: 2, size: 2, autocomplete: "country" }),
  boolean: () => make("select", {}, new Option("", ""), new Option("Yes", "true"), new Option("No", "false")),
};

function choices(question, language, input) {
  const options = question.options.filter((option) => !option.retired || input.kept(option.key));
  return options.map((option) => [option.key, inWords(option.label, language)]);
}

// One question: its row on the page, and how its answer is read and written.
class Asked {
  constructor(question, language, answer) {
    this.question = question;
    const kept = (key) => (Array.isArray(answer) ? answer.includes(key) : answer === key);
    const offered = question.options.length > 0 ? choices(question, language, { kept }) : [];
    const label = inWords(question.label, language) + (question.required ? " *" : "");
    const help = inWords(question.help, language);
    if (question.kind === "many_of") {
      this.boxes = offered.map(([key]) => make("input", { type: "checkbox", value: key, checked: kept(key) }));
      const rows = offered.map(([, text], index) => make("label", {}, this.boxes[index], ` ${text}`));
      this.row = make("fieldset", {}, make("legend", { textContent: label }), ...rows);
    } else {
      const select = () => make("select", {}, new Option("", ""), ...offered.map(([key, text]) => new Option(text, key)));
      this.input = question.kind === "one_of" ? select() : kinds[question.kind]();
      this.input.id = `answer-${question.key}`;
      this.input.value = answer === undefined ? "" : String(answer);
      this.row = make("p", {}, make("label", { htmlFor: this.input.id, textContent: label }), make("br"), this.input);
    }
    if (help) {
      this.row.append(make("small", { textContent: ` ${help}` }));
    }
  }

  // Null if there is no answer.
  get answer() {
    if (this.boxes) {
      const chosen = this.boxes.filter((box) => box.checked).map((box) => box.value);
      return chosen.length > 0 ? chosen : null;
    }
    const text = this.input.value.trim();
    if (text === "") {
      return null;
    }
    const read = { number: () => Number(text), boolean: () => text === "true" }[this.question.kind];
    return read ? read() : text;
  }
}

// All questions, in a place on the page.
class Questions {
  constructor(place, questions, language, answers = {}) {
    const asked = questions.filter((question) => question.asked_at === "registration" && !question.retired_at);
    this.fields = asked.map((question) => new Asked(question, language, answers[question.key]));
    place.replaceChildren(...this.fields.map((field) => field.row));
    place.addEventListener("input", () => this.show(this.ticketType));
    this.show(null);
  }

  // Shows what is asked of somebody with this ticket type.
  show(ticketType) {
    this.ticketType = ticketType;
    const answers = {};
    for (const field of this.fields) {
      const { ticket_types: types, condition } = field.question;
      const given = condition ? answers[condition.question] : null;
      const met = !condition || condition.one_of.some((one) => (Array.isArray(given) ? given.includes(one) : given === one));
      field.asked = met && (!types || types.includes(ticketType));
      field.row.hidden = !field.asked;
      if (field.asked) {
        answers[field.question.key] = field.answer;
      }
    }
  }

  // The answers to what is asked, by key; null for what is not answered.
  read() {
    const asked = this.fields.filter((field) => field.asked);
    return Object.fromEntries(asked.map((field) => [field.question.key, field.answer]));
  }
}
