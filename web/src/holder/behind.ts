// What stands behind the pass and is seldom opened, fetched together.

export { default as Name } from './pass/name.tsx';
export { default as Renew } from './pass/renew.tsx';
export { default as Spoken } from './pass/spoken.tsx';
export { default as Data } from './screens/data.tsx';
export { default as Erase, Erased } from './screens/erase.tsx';
export { Accessibility, Install, NewPhone, Paper, Pictures, Practice, Privacy, TextSize } from './screens/guides.tsx';
export { default as Inbox } from './screens/inbox.tsx';
export { default as More } from './screens/more.tsx';
export { default as RecoveryCode } from './screens/recovery.tsx';
export { default as Reservations } from './screens/reservations.tsx';
