// Asks the lesson's question, and holds the answer against the run's.
const form = byId("answer"), judged = byId("judged");
const typed = el("input", { type: "text", id: "typed", autocomplete: "off", "aria-labelledby": "question-heading" });
const choice = ([letter, key, html]) => {
  const label = el("span", {});
  for (const [i, part] of html.split(/<\/?code>/).entries()) label.append(i % 2 ? el("code", {}, plain(part)) : plain(part));
  return el("label", {}, el("input", { type: "radio", name: "choice", value: key }), label);
};
function plain(html) { return new DOMParser().parseFromString(html, "text/html").body.textContent; }
form.append(question.choices.length ? el("fieldset", { "aria-labelledby": "question-heading" }, question.choices.map(choice)) : typed,
  el("button", { type: "submit" }, words.compare));

function numberOf(text) {
  const cleaned = text.replace("−", "-").replace(/\s|%|×|x|bytes|B/g, "");
  const [above, below] = cleaned.split("/");
  if (/^[+-]?(inf|infinity|∞)$/i.test(cleaned)) return cleaned.startsWith("-") ? -Infinity : Infinity;
  if (above === "" || below === "") return NaN;
  return below === undefined ? Number(above) : Number(above) / Number(below);
}
function isNear(said, right) {
  if (typeof right !== "number") return String(said).toLowerCase().startsWith(String(right).slice(0, 3));
  const room = question.is_relative ? question.tolerance * Math.abs(right) + 1e-12 : question.tolerance * (1 + 1e-9);
  return Math.abs(said - right) <= room;
}
function judge(answer) {
  const { right, mistakes } = question;
  if (question.choices.length) return [answer === right, (mistakes.find(([key]) => key === answer) || [])[2]];
  if (isNear(answer, right)) return [true, ""];
  const known = mistakes.find(([, number]) => number !== null && isNear(answer, number));
  return [false, known ? known[2] : right !== 0 && isNear(-answer, right) ? words.sign : ""];
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = form.querySelector("input:checked");
  const answer = question.choices.length ? chosen && chosen.value : numberOf(typed.value);
  if (answer === null || Number.isNaN(answer)) { judged.replaceChildren(el("p", {}, words.untyped)); return; }
  const [isRight, reason] = judge(answer);
  judged.replaceChildren(el("p", { class: isRight ? "good" : "bad" }, isRight ? words.right : words.wrong), reason && !isRight ? el("p", {}, reason.replace(/`/g, "")) : "");
  byId("reason").open = true;
});
show();
document.documentElement.dataset.ready = "";
