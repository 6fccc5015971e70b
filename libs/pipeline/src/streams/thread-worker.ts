import { parentPort, workerData } from "node:worker_threads";

/** One call from the thread that asked. */
interface Call {
  readonly input: unknown;
}

const { module, exportName } = workerData as { readonly module: string; readonly exportName: string };
const work = ((await import(module)) as Record<string, unknown>)[exportName];

parentPort?.on("message", ({ input }: Call) => {
  const answer = async () => {
    if (typeof work !== "function") throw new TypeError(`${module} exports no function "${exportName}"`);
    return (await work(input)) as unknown;
  };
  answer().then(
    (output) => parentPort?.postMessage({ output }),
    (error: unknown) => parentPort?.postMessage({ error }),
  );
});
