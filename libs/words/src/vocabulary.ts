const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words that carry grammar only; when nothing uses them they are not worth reporting. */
export const functionWords = set(`
a an the of in on at to for from by with without and or but nor so as is are was were be been being am do does did done have has had having
i me my we our us you your he she it its they them their his her this that these those there here what which who whom whose when where why how
please pls can could would should will shall may might must let get give show list tell find display return want need like know see
all any some each every both either neither no not than then if else also too just only very really more most less least
into onto over under between among through during about around across within per out up down off again ever 's one ones
thing things me us hey hi hello thanks thank ok okay now currently overall respectively together kindly want wanted
various say said does ours ourselves ? ! . , ; : - ( ) & such same other another
`);

/** Words between which and a head noun nothing is said: determiners and politeness. */
export const fillers = set(`
the a an all please pls kindly our my your their his her its these those this that some me us there here exactly really just also currently now ever
available existing listed recorded registered given hey hi hello thanks thank ok okay only respectively you can could would tell know want need see
`);

/** Openers of a request. */
/** Nouns for the data itself: "in the database" says nothing. */
export const dataNouns = set("catalog catalogue database dataset data table system file collection spreadsheet list db record combination detail");

export const requestVerbs = set(
  "show list give find display return tell get name provide present fetch retrieve enumerate report print compute calculate determine view describe output include see",
);

export const questionWords = set("what which who whom where when whose");

/** Verbs that order a change of data or access. */
export const changeVerbs = set(
  "delete drop update insert truncate alter grant revoke remove erase wipe overwrite rename destroy purge create set modify edit add replace change fix clear",
);

/** Words whose measure is not said: asking is the only honest answer without a concept. */
export const vagueWords = set(`
popular good bad great big small large little huge tiny important successful unsuccessful interesting significant recent old new expensive cheap
nice poor strong weak high low long short heavy light fast slow young hot cold warm rich dangerous safe busy quiet efficient profitable
underrated overrated famous infamous fancy decent reasonable healthy many few best worst better worse top good-looking
favorite favourite notable major minor terrible awful amazing awesome excellent trending reliable loyal active valuable
`);

/** Nouns of things one wants less of: the worst is the highest. */
export const undesirable = set(`
delay late lateness cost price expense loss damage death fatality error failure fault defect complaint crime accident injury strike collision incident
wait risk debt churn bounce latency duration tax fee penalty pollution noise casualty killed injured cancellation refund return tardiness repair
`);

/** Nouns that are averaged rather than added when one speaks of the value of a group. */
export const averaged = set(`
rating score temperature temp age price rate percent percentage ratio speed density average mileage mpg height weight wind humidity pressure latitude
longitude elevation altitude year grade gpa acceleration horsepower displacement capacity star stars rank close open high low delay year duration length
`);

export const aggregates: Readonly<Record<string, "avg" | "sum" | "min" | "max" | "median" | "stddev">> = {
  average: "avg",
  mean: "avg",
  avg: "avg",
  sum: "sum",
  total: "sum",
  combined: "sum",
  cumulative: "sum",
  overall: "sum",
  summed: "sum",
  aggregate: "sum",
  min: "min",
  minimum: "min",
  max: "max",
  maximum: "max",
  median: "median",
  stddev: "stddev",
  typical: "avg",
  peak: "max",
  earliest: "min",
  latest: "max",
};

interface Attribute {
  /** 1: the word asks for much of the attribute, -1 for little. */
  readonly sign: 1 | -1;
  readonly nouns: readonly string[];
  /** Read as much or little of a date: `newest` is the latest date. */
  readonly date?: 1 | -1;
}

const attribute = (sign: 1 | -1, nouns: string, date?: 1 | -1): Attribute => ({
  sign,
  nouns: nouns === "" ? [] : nouns.split(" "),
  ...(date === undefined ? {} : { date }),
});

/** What an adjective measures. */
export const attributes: Readonly<Record<string, Attribute>> = {
  heavy: attribute(1, "weight mass"),
  light: attribute(-1, "weight mass"),
  lightweight: attribute(-1, "weight mass"),
  old: attribute(1, "age", -1),
  young: attribute(-1, "age", 1),
  new: attribute(-1, "age", 1),
  recent: attribute(-1, "age", 1),
  early: attribute(-1, "", -1),
  late: attribute(1, "delay lateness", 1),
  long: attribute(1, "length duration distance runtime time running"),
  short: attribute(-1, "length duration distance runtime height time running"),
  tall: attribute(1, "height"),
  deep: attribute(1, "depth"),
  shallow: attribute(-1, "depth"),
  wide: attribute(1, "width"),
  narrow: attribute(-1, "width"),
  far: attribute(1, "distance"),
  distant: attribute(1, "distance"),
  near: attribute(-1, "distance"),
  close: attribute(-1, "distance"),
  fast: attribute(1, "speed velocity pace"),
  quick: attribute(1, "speed"),
  slow: attribute(-1, "speed velocity pace"),
  expensive: attribute(1, "price cost fare budget fee"),
  costly: attribute(1, "cost price budget"),
  pricey: attribute(1, "price cost"),
  cheap: attribute(-1, "price cost fare budget fee"),
  hot: attribute(1, "temperature"),
  warm: attribute(1, "temperature"),
  cold: attribute(-1, "temperature"),
  cool: attribute(-1, "temperature"),
  windy: attribute(1, "wind"),
  wet: attribute(1, "precipitation rain humidity"),
  dry: attribute(-1, "precipitation rain"),
  rainy: attribute(1, "precipitation"),
  large: attribute(1, "area size population capacity length"),
  big: attribute(1, "area size population capacity length"),
  small: attribute(-1, "area size population capacity length"),
  huge: attribute(1, "area size"),
  populous: attribute(1, "population"),
  populated: attribute(1, "population"),
  dense: attribute(1, "density"),
  crowded: attribute(1, "density population"),
  sparse: attribute(-1, "density"),
  powerful: attribute(1, "horsepower power"),
  strong: attribute(1, "power strength magnitude intensity"),
  weak: attribute(-1, "power strength magnitude intensity"),
  deadly: attribute(1, "death fatality casualty killed victim"),
  lethal: attribute(1, "death fatality casualty killed victim"),
  lucrative: attribute(1, "profit revenue gross"),
  productive: attribute(1, "yield output production"),
  thick: attribute(1, "thickness depth"),
  thin: attribute(-1, "thickness depth"),
  loud: attribute(1, "loudness volume"),
  bright: attribute(1, "brightness"),
  steep: attribute(1, "slope gradient"),
  efficient: attribute(1, "mpg mileage efficiency economy miles"),
  economical: attribute(1, "mpg mileage miles"),
  thirsty: attribute(-1, "mpg mileage miles"),
  profitable: attribute(1, "profit margin"),
  rich: attribute(1, "wealth income worth"),
  voted: attribute(1, "vote"),
  rated: attribute(1, "rating score"),
  ranked: attribute(1, "rank rating"),
  grossing: attribute(1, "gross revenue earnings"),
  earning: attribute(1, "gross revenue earnings salary"),
  paid: attribute(1, "salary pay wage"),
  selling: attribute(1, "sale quantity sold"),
  delayed: attribute(1, "delay"),
  popular: attribute(1, "popularity"),
  priced: attribute(1, "price"),
  scoring: attribute(1, "score"),
  reviewed: attribute(1, "review"),
  elevated: attribute(1, "elevation altitude"),
  northern: attribute(1, "latitude"),
  southern: attribute(-1, "latitude"),
  eastern: attribute(1, "longitude"),
  western: attribute(-1, "longitude"),
  high: attribute(1, ""),
  low: attribute(-1, ""),
  great: attribute(1, ""),
  little: attribute(-1, ""),
  few: attribute(-1, ""),
  much: attribute(1, ""),
  many: attribute(1, ""),
  good: attribute(1, "rating score"),
  bad: attribute(-1, "rating score"),
  top: attribute(1, ""),
};

/** Superlatives and comparatives without regular endings. */
export const irregularDegrees: Readonly<Record<string, { readonly base: string; readonly degree: "comparative" | "superlative" }>> = {
  more: { base: "many", degree: "comparative" },
  most: { base: "many", degree: "superlative" },
  less: { base: "few", degree: "comparative" },
  least: { base: "few", degree: "superlative" },
  fewer: { base: "few", degree: "comparative" },
  fewest: { base: "few", degree: "superlative" },
  better: { base: "good", degree: "comparative" },
  best: { base: "good", degree: "superlative" },
  worse: { base: "bad", degree: "comparative" },
  worst: { base: "bad", degree: "superlative" },
  further: { base: "far", degree: "comparative" },
  farther: { base: "far", degree: "comparative" },
  farthest: { base: "far", degree: "superlative" },
  furthest: { base: "far", degree: "superlative" },
  latest: { base: "recent", degree: "superlative" },
  lesser: { base: "few", degree: "comparative" },
  biggest: { base: "big", degree: "superlative" },
  bigger: { base: "big", degree: "comparative" },
  hottest: { base: "hot", degree: "superlative" },
  maximum: { base: "high", degree: "superlative" },
  minimum: { base: "low", degree: "superlative" },
  max: { base: "high", degree: "superlative" },
  min: { base: "low", degree: "superlative" },
  largest: { base: "large", degree: "superlative" },
  earlier: { base: "early", degree: "comparative" },
  later: { base: "late", degree: "comparative" },
  elder: { base: "old", degree: "comparative" },
  eldest: { base: "old", degree: "superlative" },
};

/** Nouns that stand for rows of whatever is asked about. */
export const rowNouns = set("record row entry item case instance observation data-point result incident event occurrence");

/** Other ways to write what tables hold under a longer or a shorter name. */
export const spellings: Readonly<Record<string, readonly string[]>> = {
  "sci fi": ["science fiction"],
  scifi: ["science fiction"],
  "rom com": ["romantic comedy"],
  romcom: ["romantic comedy"],
  docu: ["documentary"],
  apple: ["aapl"],
  microsoft: ["msft"],
  google: ["goog", "googl"],
  alphabet: ["googl", "goog"],
  amazon: ["amzn"],
  tesla: ["tsla"],
  netflix: ["nflx"],
  facebook: ["meta"],
  nvidia: ["nvda"],
  intel: ["intc"],
  oracle: ["orcl"],
  cisco: ["csco"],
  walmart: ["wmt"],
  disney: ["dis"],
};

/** Codes that tables use for words. */
export const codes: Readonly<Record<string, readonly string[]>> = {
  female: ["f", "female"],
  male: ["m", "male"],
  woman: ["f", "female"],
  man: ["m", "male"],
  girl: ["f", "female"],
  boy: ["m", "male"],
};

/** Words that say where something starts from or goes to, for choosing between two keys to one table. */
export const roleWords: Readonly<Record<"source" | "target", ReadonlySet<string>>> = {
  source: set("origin source from start departure depart departing departed leave leaving left out sender seller home outgoing starting originate originating"),
  target: set(
    "destination target to end arrival arrive arriving arrived into land landing landed receiver recipient buyer away incoming bound toward towards reach reaching",
  ),
};
