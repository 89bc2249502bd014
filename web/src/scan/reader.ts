// What reads the frames: the browser's own detector where there is one that works, else zxing in a worker, else zxing on this page.

/** Something that reads QR codes out of pictures, one at a time. */
export interface Reader {
  /** What the code in a picture says, if there is one. It rejects when the reader itself is of no use. */
  read(frame: ImageData): Promise<string | undefined>;
  end(): void;
}

export type MakeReader = () => Promise<Reader>;

/**
 * The first reader that works. One that cannot be made, fails or stays silent is left for good, and the same frame goes to the next: a
 * detector can be there and yet have nothing behind it.
 */
export function firstThatWorks(makers: readonly MakeReader[]): Reader {
  const left = [...makers];
  let current: Reader | undefined;
  let ended = false;
  async function read(frame: ImageData): Promise<string | undefined> {
    for (;;) {
      try {
        current ??= await left[0]?.();
        if (ended) current?.end();
        if (current) return await current.read(frame);
      } catch {
        current?.end();
        current = undefined;
      }
      if (ended || left.length === 0) throw new Error('no reader works');
      left.shift();
    }
  }
  return {
    read,
    end() {
      ended = true;
      current?.end();
    },
  };
}

interface Detector {
  detect(frame: ImageData): Promise<readonly { rawValue: string }[]>;
}
interface DetectorMaker {
  new (options: { formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** How long the browser's detector may take; where its service is missing, some never answer. */
const SILENCE = 2000;

/** The browser's own detector. Its answer can be missing altogether, so it is waited for only so long. */
const native: MakeReader = async () => {
  const maker = (globalThis as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;
  const formats = await within(SILENCE, maker?.getSupportedFormats() ?? Promise.resolve([]));
  if (!maker || !formats.includes('qr_code')) throw new Error('no detector');
  const detector = new maker({ formats: ['qr_code'] });
  return {
    read: async (frame) => (await within(SILENCE, detector.detect(frame)))[0]?.rawValue || undefined,
    end: () => undefined,
  };
};

function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('silent')), milliseconds);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Every third frame is looked at harder: quick for what is clear, and patient with what is not. */
const HARDER = 3;

type Reply = { readonly text: string | undefined } | { readonly failed: string };

/** zxing away from this page. */
const worker: MakeReader = async () => {
  const at = new Worker(DECODER_URL, { type: 'module' });
  let frames = 0;
  const read = (frame: ImageData): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      at.onmessage = ({ data }: MessageEvent<Reply>) => ('failed' in data ? reject(new Error(data.failed)) : resolve(data.text));
      at.onerror = () => reject(new Error('the worker did not start'));
      const { data, width, height } = frame;
      // Copied, not handed over: if this reader fails, the next one is given the same frame.
      at.postMessage({ frame: { data, width, height }, harder: ++frames % HARDER === 0 });
    });
  return { read, end: () => at.terminate() };
};

interface Decoder {
  decode(frame: ImageData, harder: boolean): Promise<string | undefined>;
}

/** zxing on this page: for browsers without workers that are modules, and for measuring, as throttling leaves workers alone. */
const page: MakeReader = async () => {
  const { decode } = (await import(new URL(DECODER_URL, location.href).href)) as Decoder;
  let frames = 0;
  return { read: (frame) => decode(frame, ++frames % HARDER === 0), end: () => undefined };
};

/** The readers of this browser. `?decoder=page` and `?decoder=worker` choose one, to measure it or to try it. */
export function readers(query: string): readonly MakeReader[] {
  const chosen = new URLSearchParams(query).get('decoder');
  return chosen === 'page' ? [page] : chosen === 'worker' ? [worker, page] : [native, worker, page];
}
