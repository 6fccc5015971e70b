import { run } from "@rivergen/service-kit";
import { definition } from "./definition.ts";

await run([definition]);
