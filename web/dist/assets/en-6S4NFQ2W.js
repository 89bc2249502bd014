var t={title:"Kaikukortti"},e=t;export{e as default};
