import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const compressible = /\.(js|css|html|svg|json)$/;
const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/** Writes `.br` and `.gz` beside every text of the build, so that the gateway compresses nothing while it serves. */
export const compress = (): Plugin => {
  let folder = "";
  return {
    name: "rivergen-compress",
    apply: "build",
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: {
      sequential: true,
      async handler() {
        const files = await readdir(folder, { recursive: true });
        await Promise.all(
          files
            .filter((file) => compressible.test(file))
            .map(async (file) => {
              const path = join(folder, file);
              const content = await readFile(path);
              await writeFile(`${path}.gz`, await toGzip(content, { level: 9 }));
              await writeFile(`${path}.br`, await toBrotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
            }),
        );
      },
    },
  };
};
