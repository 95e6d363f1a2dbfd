// MiniSearch as a careful page would set it up: Han text as overlapping pairs, other words whole; titles and headings count more; unfinished and misspelt
// Latin words match. In, as JSON on the standard input: notes and queries. Out: for each query the first ten notes.
"use strict";

const MiniSearch = require("minisearch");

const HAN = /\p{Script=Han}/u;

function tokenize(text) {
  const tokens = [];
  for (const [word] of text.normalize("NFKC").toLowerCase().matchAll(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}_])+/gu)) {
    const letters = [...word];
    if (!HAN.test(word) || letters.length === 1) tokens.push(word);
    else for (let at = 0; at + 1 < letters.length; at++) tokens.push(letters[at] + letters[at + 1]);
  }
  return tokens;
}

let input = "";
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", () => {
  const { notes, queries } = JSON.parse(input);
  const engine = new MiniSearch({ fields: ["title", "headings", "text"], tokenize, processTerm: (term) => term });
  engine.addAll(notes);
  const latin = (term) => !HAN.test(term);
  const options = {
    boost: { title: 4, headings: 2 },
    prefix: (term) => latin(term) && term.length > 1,
    fuzzy: (term) => (latin(term) && term.length > 3 ? 1 : false),
    combineWith: "AND",
  };
  const answers = queries.map((query) => {
    const all = engine.search(query, options);
    const found = all.length > 0 ? all : engine.search(query, { ...options, combineWith: "OR" });
    return found.slice(0, 10).map((hit) => hit.id);
  });
  process.stdout.write(JSON.stringify(answers));
});
