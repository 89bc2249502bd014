// The wires between the stage and its three frames.

import { useEffect, useMemo, useRef } from 'preact/hooks';
import { originAt, type Part, type Said, type Told } from './messages.ts';

export interface Wires {
  /** Where a frame puts itself. */
  plug: (part: Part, frame: HTMLIFrameElement | null) => void;
  tell: (part: Part, told: Told, hand?: Transferable[]) => void;
}

/** Hears only what comes from a frame of the stage, from the origin that the frame should have. */
export function useWires(ports: Readonly<Record<Part, string>>, heard: (part: Part, said: Said) => void): Wires {
  const frames = useRef<Partial<Record<Part, HTMLIFrameElement>>>({});
  const listener = useRef(heard);
  listener.current = heard;
  useEffect(() => {
    const hear = ({ origin, source, data }: MessageEvent<{ part: Part; said: Said }>) => {
      const frame = frames.current[data?.part];
      if (frame && source === frame.contentWindow && origin === originAt(ports[data.part])) listener.current(data.part, data.said);
    };
    addEventListener('message', hear);
    return () => removeEventListener('message', hear);
  }, []);
  return useMemo(
    () => ({
      plug(part, frame) {
        if (frame) frames.current[part] = frame;
        else delete frames.current[part];
      },
      tell: (part, told, hand = []) => frames.current[part]?.contentWindow?.postMessage(told, originAt(ports[part]), hand),
    }),
    [],
  );
}
