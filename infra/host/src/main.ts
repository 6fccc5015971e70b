import { run } from "@rivergen/service-kit";
import { services } from "./services.ts";

await run(services);
