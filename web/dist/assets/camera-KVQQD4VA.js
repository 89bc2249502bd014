import{a}from"/assets/chunk-3HGQZKM5.js";import"/assets/chunk-NYMWBPR5.js";import"/assets/chunk-NCKSDBOE.js";export{a as default};
