import { run } from "@rivergen/service-kit";
import { services } from "./services.ts";
import { buildWeb } from "./web-build.ts";

await run(services, {
  async prepare(names) {
    if (names.includes("gateway")) await buildWeb((text) => process.stderr.write(`${text}\n`));
  },
});
