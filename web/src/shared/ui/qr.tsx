// A QR code on a canvas, in whole device pixels a module, black on white in every theme.

import { useEffect, useRef } from 'preact/hooks';
import encode from 'qr';

/** The quiet zone on each side, in modules (ISO/IEC 18004). */
const QUIET = 4;
/** Under this many device pixels a module, phones in the dark cannot read it. */
const LEAST = 4;

/** Draws `text` as large as fits in the canvas's box; answers the modules of a side, the quiet zone included. */
export function drawCode(canvas: HTMLCanvasElement, text: string, mode: 'alphanumeric' | 'byte' = 'alphanumeric'): number {
  const rows = encode(text, 'raw', { ecc: 'medium', encoding: mode, border: QUIET });
  const n = rows.length;
  const box = canvas.parentElement ?? canvas;
  const pixels = devicePixelRatio || 1;
  const module = Math.max(LEAST, Math.floor((Math.min(box.clientWidth || 320, 720) * pixels) / n));
  const side = module * n;
  canvas.width = side;
  canvas.height = side;
  canvas.style.width = `${side / pixels}px`;
  canvas.style.height = `${side / pixels}px`;
  const ink = canvas.getContext('2d');
  if (!ink) return n;
  ink.fillStyle = '#fff';
  ink.fillRect(0, 0, side, side);
  ink.fillStyle = '#000';
  rows.forEach((row, y) => {
    // Runs, not squares: single squares can leave hairlines.
    for (let x = 0; x < n; ) {
      let end = x;
      while (end < n && row[end]) end++;
      if (end > x) ink.fillRect(x * module, y * module, (end - x) * module, module);
      x = end + 1;
    }
  });
  return n;
}

/** A code that does not change: an activation link, an enrolment, a paper. */
export function StillCode({ text, label, mode = 'byte' }: { text: string; label: string; mode?: 'alphanumeric' | 'byte' }) {
  const at = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (at.current) drawCode(at.current, text, mode);
  }, [text, mode]);
  return (
    <div class="code-box">
      <canvas ref={at} class="code" role="img" aria-label={label} />
    </div>
  );
}

/** A code to print: one path, sharp on every printer, with modules of so many millimetres; or as large as the style sheet says. Under
 * 0.6 mm, phones fail to read it from paper. */
export function PrintedCode(p: { text: string; label: string; mode?: 'alphanumeric' | 'byte'; module?: number }) {
  const rows = encode(p.text, 'raw', { ecc: 'medium', encoding: p.mode ?? 'byte', border: QUIET });
  const n = rows.length;
  const side = p.module && `${n * p.module}mm`;
  return (
    <svg class="printed-code" role="img" aria-label={p.label} viewBox={`0 0 ${n} ${n}`} style={side ? { width: side, height: side } : {}}>
      <path fill="#fff" d={`M0 0h${n}v${n}h-${n}z`} />
      <path fill="#000" d={rows.map((row, y) => runs(row, y)).join('')} />
    </svg>
  );
}

/** The dark modules of a row as rectangles, neighbours in one. */
function runs(row: readonly boolean[], y: number): string {
  let path = '';
  for (let x = 0; x < row.length; ) {
    let end = x;
    while (end < row.length && row[end]) end++;
    if (end > x) path += `M${x} ${y}h${end - x}v1h-${end - x}z`;
    x = end + 1;
  }
  return path;
}
