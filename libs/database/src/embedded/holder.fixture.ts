// Uses the embedded server of a home folder until its input ends: the other processes of embedded.integration.test.ts.
import { startEmbeddedPostgres } from "./embedded.ts";

const home = process.argv[2] ?? "";
const { adminUrl, adopted, stop } = await startEmbeddedPostgres({ home });
process.stdout.write(`${JSON.stringify({ adminUrl, adopted })}\n`);
process.stdin.on("end", () => void stop().then(() => process.exit(0))).resume();
