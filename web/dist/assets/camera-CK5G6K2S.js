import{a}from"/assets/chunk-PZ3KD334.js";import"/assets/chunk-JV2RY4MN.js";import"/assets/chunk-Y7GURL4U.js";export{a as default};
