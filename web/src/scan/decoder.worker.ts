// Reads QR codes with zxing, away from the page, so that the camera's picture never stutters. A page that can have no worker, or measures,
// imports this very file instead: it asks `decode` itself.

import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm';
import { decoding } from './decoding.ts';

prepareZXingModule({ overrides: { locateFile: () => wasmUrl } });

/** A picture as a canvas gives it. */
interface Frame {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** What the QR code in a picture says; nothing where there is none. */
export async function decode(frame: Frame, harder: boolean): Promise<string | undefined> {
  const found = await readBarcodes(frame as ImageData, decoding(harder));
  return found.find((code) => code.isValid)?.text;
}

/** What the page sends, and what it gets: the answers come in the order of the frames. */
export interface Question {
  readonly frame: Frame;
  readonly harder: boolean;
}
export type Reply = { readonly text: string | undefined } | { readonly failed: string };

declare const WorkerGlobalScope: (abstract new () => object) | undefined;

if (typeof WorkerGlobalScope !== 'undefined' && self instanceof WorkerGlobalScope) {
  addEventListener('message', ({ data }: MessageEvent<Question>) => {
    decode(data.frame, data.harder).then(
      (text) => postMessage({ text } satisfies Reply),
      (why: unknown) => postMessage({ failed: String(why) } satisfies Reply),
    );
  });
}
