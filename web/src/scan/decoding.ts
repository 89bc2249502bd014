import type { ReaderOptions } from 'zxing-wasm/reader';

/** What zxing looks for. `harder` takes longer, and finds codes that are blurred or far away. */
export const decoding = (harder: boolean): ReaderOptions => ({
  formats: ['QRCodeModel2'],
  textMode: 'Plain',
  maxNumberOfSymbols: 1,
  tryHarder: harder,
  tryRotate: false, // a QR code is found however it lies
  tryInvert: false, // ours are black on white in every theme
  tryDownscale: harder,
});
