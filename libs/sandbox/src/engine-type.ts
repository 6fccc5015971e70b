const plainTypes: Readonly<Record<string, string>> = {
  boolean: "BOOLEAN",
  integer: "BIGINT",
  double: "DOUBLE",
  string: "VARCHAR",
  date: "DATE",
  time: "TIME",
  timestamp: "TIMESTAMP",
  timestamptz: "TIMESTAMPTZ",
  interval: "INTERVAL",
  json: "JSON",
  binary: "BLOB",
};

/**
 * A type as RiverGen spells it, in the engine's words: the way back from `toRiverType`.
 * @throws RangeError for text that is no type
 */
export function toEngineType(type: string): string {
  const { text, rest } = readType(type.trim());
  if (rest.trim() !== "") throw new RangeError(`"${type}" is no type`);
  return text;
}

interface Read {
  readonly text: string;
  /** What stands behind the type. */
  readonly rest: string;
}

function readType(type: string): Read {
  const list = /^list<\s*/.exec(type);
  if (list !== null) {
    const item = readType(type.slice(list[0].length));
    return { text: `${item.text}[]`, rest: expect(item.rest, ">") };
  }
  const struct = /^struct<\s*/.exec(type);
  if (struct !== null) return readFields(type.slice(struct[0].length));
  const decimal = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)/.exec(type);
  if (decimal !== null) return { text: `DECIMAL(${decimal[1]},${decimal[2]})`, rest: type.slice(decimal[0].length) };
  const word = /^[a-z]+/.exec(type)?.[0] ?? "";
  const text = plainTypes[word];
  if (text === undefined) throw new RangeError(`"${type}" is no type`);
  return { text, rest: type.slice(word.length) };
}

function readFields(fields: string): Read {
  const read: string[] = [];
  let rest = fields;
  for (;;) {
    const name = /^\s*("(?:[^"]|"")+"|[A-Za-z_]\w*)\s*:\s*/.exec(rest);
    if (name === null) throw new RangeError(`A field is expected in front of "${rest}"`);
    const field = readType(rest.slice(name[0].length));
    const plain = name[1] ?? "";
    read.push(`${plain.startsWith('"') ? plain : `"${plain}"`} ${field.text}`);
    rest = field.rest.trimStart();
    if (!rest.startsWith(",")) return { text: `STRUCT(${read.join(", ")})`, rest: expect(rest, ">") };
    rest = rest.slice(1);
  }
}

function expect(rest: string, sign: string): string {
  const trimmed = rest.trimStart();
  if (!trimmed.startsWith(sign)) throw new RangeError(`"${sign}" is expected in front of "${trimmed}"`);
  return trimmed.slice(sign.length);
}
