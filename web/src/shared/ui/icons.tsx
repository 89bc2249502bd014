// Line drawings of 24 × 24. They stand beside words and are hidden from readers.

const PATHS = {
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
  language: 'M12 3a9 9 0 100 18 9 9 0 000-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  info: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v6M12 7.5v.5',
  ok: 'M12 3a9 9 0 100 18 9 9 0 000-18zM7.5 12.5l3 3 6-7',
  warn: 'M12 3L2 20.5h20zM12 10v5M12 17.5v.5',
  stop: 'M8 3h8l5 5v8l-5 5H8l-5-5V8zM7.5 12h9',
  question: 'M4 4h16v16H4zM9 10a3 3 0 115 2c-1.5 1-2 1.3-2 2.5M12 17v.5',
  card: 'M3 6h18v12H3zM3 10h18M6 15h5',
  find: 'M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L21 21',
  bookings: 'M5 4h14v17H5zM8 2v4M16 2v4M5 9h14M9 14l2 2 4-4',
  inbox: 'M3 12l3-8h12l3 8v8H3zM3 12h5l1 3h6l1-3h5',
  more: 'M4 7h16M4 12h16M4 17h16',
  scan: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16',
  light: 'M9 18h6M10 21h4M12 3a6 6 0 00-4 10.5c1 1 1 2 1 2.5h6c0-.5 0-1.5 1-2.5A6 6 0 0012 3z',
  keyboard: 'M3 6h18v12H3zM7 10h.5M11 10h.5M15 10h.5M7 14h10',
  today: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3 2',
  list: 'M8 6h13M8 12h13M8 18h13M3.5 6h.5M3.5 12h.5M3.5 18h.5',
  settings: 'M12 9a3 3 0 100 6 3 3 0 000-6zM12 2v4M12 18v4M2 12h4M18 12h4M5 5l3 3M16 16l3 3M19 5l-3 3M8 16l-3 3',
  phone: 'M7 2h10v20H7zM11 18.5h2',
  paper: 'M6 2h9l4 4v16H6zM15 2v4h4M9 11h7M9 15h7',
  print: 'M7 8V3h10v5M5 8h14v8h-3v5H8v-5H5zM8 13h8',
  copy: 'M8 8h12v12H8zM16 8V4H4v12h4',
  new: 'M12 5v14M5 12h14',
  people: 'M9 4a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6M16 5a3 3 0 010 6M18 14c2 .7 3.5 2.5 3.5 5',
  house: 'M3 11l9-8 9 8M5 10v11h14V10M10 21v-6h4v6',
  undo: 'M9 7L4 12l5 5M4 12h10a6 6 0 016 6',
  sound: 'M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 010 6M18.5 6.5a8 8 0 010 11',
  offline: 'M3 3l18 18M8 16a6 6 0 018 0M5 12.5a10 10 0 014-2.3M15 10.2a10 10 0 014 2.3M12 20v.5',
  big: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  name: 'M12 4a4 4 0 100 8 4 4 0 000-8zM4 21c0-5 4-7 8-7s8 2 8 7',
  out: 'M10 4H4v16h6M14 8l5 4-5 4M19 12H9',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);
