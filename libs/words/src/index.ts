export { nounLemma, verbLemma, adjectiveLemma, wordForms, adjectiveStems } from "./lemma.ts";
export { readNumber, readOrdinal } from "./numbers.ts";
export { tokenize, contentWords, type Token } from "./tokenize.ts";
export { createLexicon, type Lexicon } from "./lexicon.ts";
export { synonymGroups, abbreviations } from "./synonym-groups.ts";
export {
  functionWords,
  fillers,
  dataNouns,
  requestVerbs,
  questionWords,
  changeVerbs,
  vagueWords,
  undesirable,
  averaged,
  aggregates,
  attributes,
  irregularDegrees,
  rowNouns,
  codes,
  spellings,
  roleWords,
} from "./vocabulary.ts";
export * as vocabulary from "./vocabulary.ts";
