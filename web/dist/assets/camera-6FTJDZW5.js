import{a}from"/assets/chunk-WAM7M3WB.js";import"/assets/chunk-P2WJVPV4.js";import"/assets/chunk-YVWGO5OC.js";export{a as default};
