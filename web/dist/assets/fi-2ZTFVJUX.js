import{a}from"/assets/chunk-OJBDP234.js";export{a as default};
