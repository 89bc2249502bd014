const fi = {
  title: 'Kaikukortti',
} as const;

export default fi;
