import{a}from"/assets/chunk-WJPKAT5M.js";import"/assets/chunk-R5EAWKEC.js";import"/assets/chunk-2JJRVRBY.js";import"/assets/chunk-GNRIWVXP.js";export{a as default};
