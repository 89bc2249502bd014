var t={title:"Kaikukortti"},i=t;export{i as default};
