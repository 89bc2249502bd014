import{a}from"/assets/chunk-JAMZENRI.js";import"/assets/chunk-23V4YJ27.js";import"/assets/chunk-FPZULT42.js";export{a as default};
