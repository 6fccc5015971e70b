/** The code of the one-time link (`…/#link=…`) that the platform prints when it starts; undefined where the address has none. */
export function readLink(hash: string = window.location.hash): string | undefined {
  const code = new URLSearchParams(hash.replace(/^#/, "")).get("link");
  return code !== null && code.length <= 200 && code !== "" ? code : undefined;
}
