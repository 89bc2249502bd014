import{a}from"/assets/chunk-DTT4JTV5.js";export{a as openCamera};
