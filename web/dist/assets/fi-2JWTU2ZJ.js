import{a}from"/assets/chunk-UON7WKGA.js";export{a as default};
