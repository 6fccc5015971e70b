// `npm run new -- service <kind>-<name> ["What it is for."]`
import { execFileSync } from "node:child_process";
import { inRoot, requireNode, root, toolEnvironment } from "./root.ts";
import { scaffoldService, ScaffoldError } from "./scaffold/service.ts";

const usage = `Usage: npm run new -- service <kind>-<name> ["One sentence: what it is for."]
  npm run new -- service capability-forecast "Continues a series of numbers."`;

async function create(args: readonly string[]): Promise<number> {
  const [noun, name, summary, ...rest] = args;
  if (noun !== "service" || name === undefined || rest.length > 0) {
    console.error(usage);
    return 64;
  }
  const paths = await scaffoldService({
    root,
    name,
    summary: summary ?? `Gives the platform the ability named ${name.replace(/^[a-z]+-/, "").replaceAll("-", " ")}.`,
  });
  const sources = paths.filter((path) => path.endsWith(".ts"));
  execFileSync("oxfmt", sources, { cwd: root, env: toolEnvironment(), stdio: "ignore" });
  if (inRoot("tools/src/generate.ts"))
    execFileSync(process.execPath, ["tools/src/generate.ts"], { cwd: root, env: toolEnvironment(), stdio: ["ignore", "ignore", "inherit"] });
  for (const path of paths) console.log(path);
  console.log(`\n${name} starts with \`npm start\`, or alone with \`npm start -- --only ${name}\`. Next: its contract in libs/contracts/src/${name}.ts.`);
  return 0;
}

requireNode();
try {
  process.exitCode = await create(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ScaffoldError)) throw error;
  console.error(error.message);
  process.exitCode = 64;
}
