import{a}from"/assets/chunk-JKSSVBR5.js";import"/assets/chunk-R5EAWKEC.js";import"/assets/chunk-QZWWMLAP.js";import"/assets/chunk-UIYPOVZI.js";export{a as default};
