import{a}from"/assets/chunk-4QXVL7LD.js";export{a as default};
