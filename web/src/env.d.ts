// What the build puts in.

/** Where the decoder worker is served. */
declare const DECODER_URL: string;
/** A name for this build: a hash of everything in it. Only the service worker knows it. */
declare const BUILD: string;
/** What each role's page needs to work with no network, by role. Only the service worker knows it. */
declare const KEEP: Readonly<Record<string, readonly string[]>>;
/** Each page's address and the path prefix that it answers. Only the service worker knows it. */
declare const PAGES: readonly (readonly [prefix: string, page: string])[];

declare module '*.wasm' {
  const url: string;
  export default url;
}
