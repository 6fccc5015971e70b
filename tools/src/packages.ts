import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** The fields of a manifest that the house makes rules about. */
export interface Manifest {
  readonly name: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** One workspace of the repository. */
export interface Package {
  /** Without the scope: `contracts`, `gateway`. */
  readonly name: string;
  /** Folder relative to the repository: `libs/contracts`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** One import statement or `import()` with a literal name. */
export interface Import {
  /** Importing file, relative to the repository. */
  readonly file: string;
  /** A package's name with its subpath, or, for a relative import, the imported file relative to the repository. */
  readonly target: string;
  readonly isRelative: boolean;
}

const workspaces = ["libs/*/package.json", "services/*/package.json", "infra/*/package.json", "tools/package.json", "e2e/package.json"];
const importOf = /(?:^(?:import|export)(?:[\s\w{},*$]*?\sfrom)?\s*|(?<![\w.$"'`])import\s*\(\s*)"([^"\n$]+)"/gm;

/** Every workspace below `root`. */
export function readPackages(root: string): Package[] {
  return globSync(workspaces, { cwd: root })
    .toSorted()
    .map((path) => {
      const manifest = JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
      return { name: manifest.name.replace("@rivergen/", ""), folder: dirname(path), manifest };
    });
}

/** Every import of a package's sources, tests included. */
export function readImports(root: string, { folder }: Package): Import[] {
  return globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root, exclude: ["**/node_modules/**", "**/dist/**"] }).flatMap((file) => {
    const source = readFileSync(join(root, file), "utf8");
    return [...source.matchAll(importOf)].map(([, name = ""]) => {
      const isRelative = name.startsWith(".");
      return { file, isRelative, target: isRelative ? relative(root, resolve(root, dirname(file), name)) : name };
    });
  });
}
