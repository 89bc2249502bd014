var C="KAIKU-PRACTICE:",E=`${C}WELCOME`;export{C as a,E as b};
