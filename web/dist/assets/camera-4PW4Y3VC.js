import{a}from"/assets/chunk-DWGPPYMB.js";import"/assets/chunk-R5EAWKEC.js";import"/assets/chunk-AGAY6QL3.js";import"/assets/chunk-X33DTL7W.js";export{a as default};
