import{a}from"/assets/chunk-K6ZZ65XF.js";export{a as default};
