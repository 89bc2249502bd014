module kaikukortti

go 1.26
